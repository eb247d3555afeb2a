import { z } from 'zod'
import { single, wordsOf } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import { Problem } from '../problems/problem.ts'
import { memo } from './answers.ts'
import { type Placed, planBulk } from './bulk/plan.ts'
import {
  bulkExample,
  bulkOf,
  inOperation,
  keyExample,
  mostOperations,
  operationsIn,
  wishIn,
} from './bulk/request.ts'
import { type Outcome, writeEach, writeTogether } from './bulk/write.ts'
import type { ApiRequest, ApiResponse, Operation } from './operation.ts'
import { idempotencyKey, once, replayedHeader } from './writing/idempotency.ts'
import { documentProblems } from './writing/problems.ts'
import { authorshipOf, changeReason } from './writing/revisions.ts'

/** Largest body, in bytes: as much as lines may have. */
const largest = 16 * 1024 * 1024

const atomic = single(
  z.enum(['true', 'false']),
  'Whether all operations are done or none: true, unless said otherwise. With false, each is done or refused by itself.',
  z.boolean(),
)

/** The problem's component is not made of zod's schemas. */
const problem = z.unknown().meta({ $ref: '#/components/schemas/Problem' })

const resultsOf = memo((resource) => {
  const { property, schema } = resource.key
  const examples = [{ status: 201, [property]: keyExample(resource), version: 1 }]
  const done = z.strictObject({
    status: z.literal([200, 201, 204]).meta({ description: 'That of the operation by itself.' }),
    [property]: schema,
    version: z.int().min(1).meta({ description: 'The version that the record has now, or was removed as.' }),
  })
  const refused = z.strictObject({
    status: z.int().min(400).meta({ description: 'That of the problem.' }),
    problem,
  })
  return nameOutput(
    `${resource.singular}BulkResults`,
    z.strictObject({ results: z.array(z.union([done, refused])) }).meta({
      description: 'What each operation has come to, in their order.',
      examples: [{ results: examples }],
    }),
  )
})

/** What each operation asks, or why it can't. */
function wishesIn(resource: Resource, body: unknown) {
  const operations = operationsIn(body)
  const wishes: Placed[] = []
  const refused = new Map<number, Problem>()
  for (const [at, operation] of operations.entries()) {
    try {
      wishes.push({ at, wish: wishIn(resource, operation) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused.set(at, inOperation(error, at))
    }
  }
  return { count: operations.length, wishes, refused }
}

/** The problem of all operations together, with the faults of each. */
function allRefused(refused: Map<number, Problem>, count: number): Problem {
  const problems = [...refused].sort(([one], [other]) => one - other).map(([, each]) => each)
  const errors = problems.flatMap((each) => each.errors)
  const types = new Set(problems.map(({ type }) => type))
  const [type = 'invalid-body'] = types.size === 1 ? types : []
  const faults = errors.length === 1 ? 'one fault' : `${errors.length} faults`
  const detail = `Nothing was written, because of ${faults} in ${count === 1 ? 'the operation' : `the ${count} operations`}.`
  return new Problem(type, detail, { errors, cause: problems.find(({ cause }) => cause)?.cause })
}

/** The answer that says what each operation has come to. */
function resultsAnswer(resource: Resource, request: ApiRequest, { done, refused }: Outcome): ApiResponse {
  const { property } = resource.key
  const results = [
    ...[...done].map(([at, { status, key, version }]) => ({
      at,
      result: { status, [property]: key, version },
    })),
    ...[...refused].map(([at, each]) => ({
      at,
      result: { status: each.status, problem: each.toDocument(request.url) },
    })),
  ]
  const ordered = results.sort((one, other) => one.at - other.at).map(({ result }) => result)
  return { status: 200, headers: {}, body: JSON.stringify({ results: ordered }) }
}

/** `POST /v1/{resource}/bulk`: many operations at once. */
export const bulk: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `bulk${resource.plural}`,
    summary: `Change many ${resource.name.replaceAll('-', ' ')}`,
    description: `Up to ${mostOperations} operations in one transaction: all of them or, with \`atomic=false\`, all that can be done. Records are created first, then changed, then removed, so that they may refer to one another in any order; no two operations may be about the same record. \`upsert\` replaces the record, whatever its version, or creates it where there is none. Faults point into the whole body: \`/operations/3/document/title\`.`,
    path: '/bulk',
    of: 'all',
    access: 'write',
    query: { atomic },
    headers: [changeReason, idempotencyKey],
    body: {
      mediaTypes: ['application/json'],
      largest,
      schema: () => bulkOf(resource),
      example: bulkExample(resource),
    },
    answers: {
      200: {
        description: 'What each operation has come to, in their order.',
        schema: () => resultsOf(resource),
        headers: replayedHeader,
      },
    },
    problems: [...documentProblems],
  }),

  async handle(resource, request, { database }) {
    const each = wordsOf(request.query, 'atomic')[0] === 'false'
    const authorship = authorshipOf(request)
    const { count, wishes, refused } = wishesIn(resource, request.body)
    return once(database, request, async (transaction) => {
      const plan = await planBulk(transaction, resource, wishes)
      const before = new Map([...refused, ...plan.refused])
      if (!each && before.size > 0) throw allRefused(before, count)
      const write = each ? writeEach : writeTogether
      const outcome = await write(transaction, resource, plan.changes, authorship)
      if (!each && outcome.refused.size > 0) throw allRefused(outcome.refused, count)
      const all = new Map([...before, ...outcome.refused])
      return resultsAnswer(resource, request, { done: outcome.done, refused: all })
    })
  },
}
