import { z } from 'zod'
import { booleanText, singleValueParameter } from '../model/parameters.ts'
import { getStringValues } from '../model/query-string.ts'
import { pluralNoun, type Resource } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { FaultList, Problem } from '../problems/problem.ts'
import { startSlices } from '../time-slice.ts'
import { type IndexedOperation, planBulk } from './bulk/plan.ts'
import { Refusals } from './bulk/refusals.ts'
import {
  atOperation,
  bulkSchema,
  exampleBulk,
  maxOperations,
  readOperation,
  readOperations,
} from './bulk/request.ts'
import { type BulkOutcome, writeTogether } from './bulk/write.ts'
import { writeEach } from './bulk/write-each.ts'
import type { ApiRequest, ApiResponse, Operation } from './operation.ts'
import { memoizeByKey } from './response-schemas.ts'
import { changeReason, getAuthorship } from './writing/authorship.ts'
import { idempotencyKey, replayedHeaders, runOnce } from './writing/idempotency.ts'
import { maxNdjsonBytes } from './writing/ndjson.ts'
import { documentProblems } from './writing/problems.ts'
import { faultCountText } from './writing/validation.ts'

const atomic = singleValueParameter(
  booleanText,
  'Whether the request is atomic; true when left out. With false, refused operations are skipped, and the others are done.',
  z.boolean(),
)

/** Refers to the component `Problem`, which is not made from a Zod schema. */
const problemReference = z.unknown().optional().meta({ $ref: '#/components/schemas/Problem' })

const resultsSchema = memoizeByKey((schemaName, { property, schema }, example) => {
  const examples = [{ status: 201, [property]: example, version: 1, unchanged: false }]
  const result = registerResponseSchema(
    schemaName('BulkResult'),
    z
      .strictObject({
        status: z
          .int()
          .min(200)
          .max(599)
          .meta({ description: 'Status that the operation would have as a single request.' }),
        [property]: schema.optional(),
        version: z
          .int()
          .min(1)
          .optional()
          .meta({ description: 'The version of the record after the operation.' }),
        unchanged: z.boolean().optional().meta({
          description: 'Whether the record was already as requested, so that nothing was written.',
        }),
        problem: problemReference,
      })
      .meta({
        description: 'The result of one operation, or its problem.',
        examples,
      }),
  )
  return registerResponseSchema(
    schemaName('BulkResults'),
    z.strictObject({ results: z.array(result) }).meta({
      description: 'The result of each operation, in the order of the request.',
      examples: [{ results: examples }],
    }),
  )
})

/** Parses the operations of a body, in time slices. `refused` has the problems of invalid operations. */
async function parseOperations(resource: Resource, body: unknown) {
  const values = readOperations(body)
  const operations: IndexedOperation[] = []
  const refused = new Refusals()
  const pause = startSlices()
  for (const [index, value] of values.entries()) {
    try {
      operations.push({ index, operation: readOperation(resource, value) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused.add(index, atOperation(error, index))
    }
    await pause()
  }
  return { count: values.length, operations, refused }
}

/** Combines the problems of all refused operations into one. @param count number of operations, for the message. */
function combineProblems(refused: ReadonlyMap<number, Problem>, count: number): Problem {
  const problems = [...refused].sort(([one], [other]) => one - other).map(([, problem]) => problem)
  const errors = new FaultList()
  for (const problem of problems) errors.addProblem(problem)
  const types = new Set(problems.map(({ type }) => type))
  const [type = 'invalid-body'] = types.size === 1 ? types : []
  const detail = `Nothing was written, because of ${faultCountText(errors.count)} in ${count === 1 ? 'the operation' : `the ${count} operations`}.`
  return new Problem(type, detail, { errors, cause: problems.find(({ cause }) => cause)?.cause })
}

/** Returns the 200 response with the result of each operation, in the order of the request. */
function resultsResponse(
  resource: Resource,
  request: ApiRequest,
  { done, refused }: BulkOutcome,
): ApiResponse {
  const { property } = resource.key
  // The instance is repeated in every problem, so it is the path without the query string.
  const [instance = ''] = request.url.split('?')
  const results = [
    ...[...done].map(([index, { status, key, version, unchanged }]) => ({
      index,
      result: { status, [property]: key, version, unchanged },
    })),
    ...[...refused].map(([index, problem]) => ({
      index,
      result: { status: problem.status, problem: problem.toDocument(instance) },
    })),
  ]
  const ordered = results.sort((one, other) => one.index - other.index).map(({ result }) => result)
  return { status: 200, headers: {}, body: JSON.stringify({ results: ordered }) }
}

/** `POST /v1/{resource}/bulk`: runs many operations in one transaction. */
export const bulk: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `bulk${resource.plural}`,
    summary: `Change many ${pluralNoun(resource)}`,
    description: 'In one transaction.',
    details: `Up to ${maxOperations} operations. All of them are done or, with \`atomic=false\`, all that can be done. \`create\` and \`upsert\` neither compare nor store the version and timestamps of a \`document\`. Records are created first, then changed, then removed.`,
    path: '/bulk',
    scope: 'collection',
    access: 'write',
    cost: 10,
    query: { atomic },
    headers: [changeReason, idempotencyKey],
    body: {
      mediaTypes: ['application/json'],
      maxBytes: maxNdjsonBytes,
      schema: () => bulkSchema(resource),
      example: exampleBulk(resource),
    },
    responses: {
      200: {
        description: 'The result of each operation, in the order of the request.',
        schema: () => resultsSchema(resource),
        headers: replayedHeaders,
      },
    },
    problems: [...documentProblems, 'merged'],
  }),

  async handle(resource, request, { database }) {
    const isAtomic = getStringValues(request.query, 'atomic')[0] !== 'false'
    const authorship = getAuthorship(request)
    const { count, operations, refused } = await parseOperations(resource, request.body)
    return runOnce(database, request, async (tx) => {
      const plan = await planBulk(tx, resource, operations)
      const refusals = new Refusals().addAll(refused.byIndex).addAll(plan.refused.byIndex)
      if (isAtomic && refusals.byIndex.size > 0) throw combineProblems(refusals.byIndex, count)
      const write = isAtomic ? writeTogether : writeEach
      const outcome = await write(tx, resource, plan.changes, authorship)
      if (isAtomic && outcome.refused.size > 0) throw combineProblems(outcome.refused, count)
      refusals.addAll(outcome.refused)
      return resultsResponse(resource, request, { done: outcome.done, refused: refusals.byIndex })
    })
  },
}
