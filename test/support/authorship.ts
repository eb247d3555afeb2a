import type { Change } from '../../src/operations/writing/documents.ts'

/** The `Change` that tests pass to functions such as `insertDocuments` when they create records without the API. */
export const testCreation: Change = {
  kind: 'create',
  authorship: { actor: { kind: 'seed', id: null, name: 'tests' }, requestId: null, reason: null },
}
