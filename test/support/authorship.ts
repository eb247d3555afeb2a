import type { Change } from '../../src/operations/writing/documents.ts'

/** The authorship of records that tests create by calling functions of the service directly. */
export const testCreation: Change = {
  kind: 'create',
  authorship: { actor: { kind: 'seed', id: null, name: 'tests' }, requestId: null, reason: null },
}
