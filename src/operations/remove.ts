import { autocommitReads } from '../database/database.ts'
import { getDatabaseError } from '../database/errors.ts'
import { aNoun } from '../wording.ts'
import { ifMatch, parseIfMatch } from './entity-tags.ts'
import type { Operation } from './operation.ts'
import { changeReason, getAuthorship } from './writing/authorship.ts'
import { lockExpected } from './writing/change.ts'
import { deleteDocuments } from './writing/documents.ts'
import { idempotencyKey, replayedHeaders, runOnce } from './writing/idempotency.ts'
import { recordProblems } from './writing/problems.ts'
import { findReferrers, maxReferrers, referredToProblem, referrerFault } from './writing/referrers.ts'

/** `DELETE /v1/{resource}/{key}`: removes a record that no other record refers to. */
export const remove: Operation = {
  method: 'DELETE',

  contract: (resource) => ({
    operationId: `delete${resource.singular}`,
    summary: `Remove ${aNoun(resource.noun)}`,
    description: 'It can be restored.',
    details: `The history stays. Refused while other records refer to the record; \`errors\` lists up to ${maxReferrers} of them.`,
    path: '',
    scope: 'record',
    access: 'write',
    query: {},
    headers: [ifMatch, changeReason, idempotencyKey],
    responses: { 204: { description: 'Removed.', headers: replayedHeaders } },
    problems: recordProblems,
  }),

  async handle(resource, request, { database }) {
    const expected = parseIfMatch(request.headers['if-match'])
    const authorship = getAuthorship(request)
    try {
      return await runOnce(database, request, async (tx) => {
        const locked = await lockExpected(tx, resource, request.key, expected)
        await deleteDocuments(tx, resource, [locked], authorship)
        return { status: 204, headers: {} }
      })
    } catch (error) {
      if (getDatabaseError(error)?.code !== '23503') throw error
      const referrers = await findReferrers(autocommitReads(database), resource, [request.key])
      const errors = (referrers.get(request.key) ?? []).map(referrerFault)
      throw referredToProblem(resource, request.key, errors, error)
    }
  },
}
