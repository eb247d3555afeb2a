import type { Change } from '../../src/operations/writing/documents.ts'

/** The author of records that tests write by functions of the service. */
export const testCreation: Change = {
  kind: 'create',
  authorship: { actor: { kind: 'seed', id: null, name: 'tests' }, requestId: null, reason: null },
}
