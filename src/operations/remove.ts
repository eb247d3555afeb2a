import { singleReads } from '../database/database.ts'
import { databaseErrorOf } from '../database/errors.ts'
import { Problem } from '../problems/problem.ts'
import { aNoun } from '../problems/suggest.ts'
import type { Operation } from './operation.ts'
import { expectedVersions, ifMatch } from './tags.ts'
import { lockExpected } from './writing/change.ts'
import { deleteDocuments } from './writing/documents.ts'
import { idempotencyKey, once, replayedHeader } from './writing/idempotency.ts'
import { recordProblems } from './writing/problems.ts'
import { referredTo, referrersOf } from './writing/referrers.ts'
import { authorshipOf, changeReason } from './writing/revisions.ts'

/** `DELETE /v1/{resource}/{key}`: the record goes, unless others refer to it. */
export const remove: Operation = {
  method: 'DELETE',

  contract: (resource) => ({
    operationId: `delete${resource.singular}`,
    summary: `Remove ${aNoun(resource.noun)}`,
    description:
      'Its history stays, and it can be restored. Refused while other records, citations among them, refer to it: `errors` lists those.',
    path: '',
    of: 'one',
    access: 'write',
    query: {},
    headers: [ifMatch, changeReason, idempotencyKey],
    answers: { 204: { description: 'It is gone.', headers: replayedHeader } },
    problems: [...recordProblems],
  }),

  async handle(resource, request, { database }) {
    const expected = expectedVersions(request.headers['if-match'])
    const authorship = authorshipOf(request)
    try {
      return await once(database, request, async (transaction) => {
        const locked = await lockExpected(transaction, resource, request.key, expected)
        await deleteDocuments(transaction, resource, [locked], authorship)
        return { status: 204, headers: {} }
      })
    } catch (error) {
      if (databaseErrorOf(error)?.code !== '23503') throw error
      const errors = (await referrersOf(singleReads(database), resource, request.key)).map(referredTo)
      const detail = `Other records refer to the ${resource.noun} ${request.key}; remove or change them first.`
      throw new Problem('conflict', detail, { errors, cause: error })
    }
  },
}
