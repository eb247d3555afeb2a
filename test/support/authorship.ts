import type { Change } from '../../src/operations/writing/documents.ts'

/** The change with which tests create records by calling functions of the service directly. */
export const testCreation: Change = {
  kind: 'create',
  authorship: { actor: { kind: 'seed', id: null, name: 'tests' }, requestId: null, reason: null },
}
