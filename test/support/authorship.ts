import type { Change } from '../../src/operations/writing/documents.ts'

/** How tests that write by functions of the service make records. */
export const testCreation: Change = {
  kind: 'create',
  authorship: { actor: { kind: 'seed', id: null, name: 'tests' }, requestId: null, reason: null },
}
