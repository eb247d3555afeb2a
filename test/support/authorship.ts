import type { Change } from '../../src/operations/writing/documents.ts'

/** The authorship that tests pass to functions that write records without the API. */
export const testAuthorship: Change['authorship'] = {
  actor: { kind: 'seed', id: null, name: 'tests' },
  requestId: null,
  reason: null,
}

/** The `Change` that tests pass to functions such as `insertDocuments` when they create records without the API. */
export const testCreation: Change = { kind: 'create', authorship: testAuthorship }
