import { Problem } from '../problems/problem.ts'
import { recordMoment, recordMomentOf } from '../query/past.ts'
import { type Representation, representationOf, representationParameters } from '../query/representation.ts'
import { pastStatement } from '../query/revisions.ts'
import { readStatement } from '../query/sql.ts'
import type { Resource } from '../resources/resource.ts'
import { notModified, wholeOrSparse } from './answers.ts'
import type { Answer, Context, Operation } from './operation.ts'
import { registryAt } from './past.ts'
import { etagHeader, ifNoneMatch, includedTag, versionTag } from './tags.ts'

/** The problem that no record has a key. */
export const noSuch = (resource: Resource, key: string): Problem =>
  new Problem('not-found', `There is no ${resource.noun} ${key}.`)

const wasNot = (resource: Resource, key: string, at: string): Problem =>
  new Problem('not-found', `By its history, there was no ${resource.noun} ${key} at ${at}.`)

interface Row {
  version: number
  document: string
}

/** The record as it is now, or as it was at a moment, with what is included as it was then. */
async function readAt(
  resource: Resource,
  key: string,
  at: string | undefined,
  representation: Representation,
  { pool }: Context,
): Promise<Answer> {
  const { rows } = await registryAt(at, pool, (registry) =>
    registry.query<Row>(readStatement(resource, key, representation)),
  )
  const [row] = rows
  if (!row) throw at === undefined ? noSuch(resource, key) : wasNot(resource, key, at)
  const etag =
    representation.include.length > 0 ? includedTag(row.version, row.document) : versionTag(row.version)
  return { status: 200, headers: { etag }, body: row.document }
}

/** The record alone as it was at a moment, for which its own history is enough. */
async function readPast(
  resource: Resource,
  key: string,
  at: string,
  { fields }: Representation,
  { pool }: Context,
): Promise<Answer> {
  const { rows } = await pool.query<Row & { operation: string }>(pastStatement(resource, key, at, fields))
  const [row] = rows
  if (!row || row.operation === 'remove') throw wasNot(resource, key, at)
  return { status: 200, headers: { etag: versionTag(row.version) }, body: row.document }
}

/** `GET /v1/{resource}/{key}`: one record. */
export const read: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}`,
    summary: `Read one ${resource.noun}`,
    description: `Answers the ${resource.noun} as it is now, or as it was at a moment.`,
    path: 'record',
    access: 'read',
    query: { ...representationParameters(resource), ...recordMoment(`the ${resource.noun}`) },
    headers: [ifNoneMatch],
    answers: {
      200: {
        description: `The ${resource.noun}.`,
        schema: () => wholeOrSparse(resource),
        headers: { etag: etagHeader },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'not-found', 'not-acceptable', 'busy'],
  }),

  async handle(resource, asked, context) {
    const representation = representationOf(resource, asked.query)
    const at = recordMomentOf(asked.query)
    return at !== undefined && representation.include.length === 0
      ? readPast(resource, asked.key, at, representation, context)
      : readAt(resource, asked.key, at, representation, context)
  },
}
