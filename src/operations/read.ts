import { Problem } from '../problems/problem.ts'
import { instant } from '../query/filters.ts'
import { invalid, single, wordsOf } from '../query/parameters.ts'
import { type Representation, representationOf, representationParameters } from '../query/representation.ts'
import { pastStatement } from '../query/revisions.ts'
import { readStatement } from '../query/sql.ts'
import type { Resource } from '../resources/resource.ts'
import { notModified, wholeOrSparse } from './answers.ts'
import type { Answer, Context, Operation } from './operation.ts'
import { etagHeader, ifNoneMatch, includedTag, versionTag } from './tags.ts'

/** The problem that no record has a key. */
export const noSuch = (resource: Resource, key: string): Problem =>
  new Problem('not-found', `There is no ${resource.noun} ${key}.`)

const asOf = single(
  instant,
  'Answers the record as the registry had it at a moment, from its history: an RFC 3339 timestamp, or a date for its first moment in UTC. Other records cannot be included then.',
)

/** @throws Problem `invalid-parameter` for what is not known of the past. */
function requirePast(at: string, { include }: Representation): void {
  const faults = [
    ...(include.length > 0
      ? [
          {
            parameter: 'include',
            code: 'not_with_as_of',
            message: 'cannot be sent with asOf: other records are included as they are now',
          },
        ]
      : []),
    ...(Date.parse(at) > Date.now()
      ? [{ parameter: 'asOf', code: 'future', message: 'must be a moment that has been' }]
      : []),
  ]
  if (faults.length > 0) throw invalid(faults)
}

/** A record as it stood at a moment. @throws Problem `not-found` when it was not there. */
async function readPast(
  resource: Resource,
  key: string,
  at: string,
  representation: Representation,
  { pool }: Context,
): Promise<Answer> {
  requirePast(at, representation)
  const { rows } = await pool.query<{ version: number; operation: string; document: string }>(
    pastStatement(resource, key, at, representation.fields),
  )
  const [row] = rows
  if (!row || row.operation === 'remove')
    throw new Problem('not-found', `By its history, there was no ${resource.noun} ${key} at ${at}.`)
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
    query: { ...representationParameters(resource), asOf },
    headers: [ifNoneMatch],
    answers: {
      200: {
        description: `The ${resource.noun}.`,
        schema: () => wholeOrSparse(resource),
        headers: { etag: etagHeader },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'not-found', 'not-acceptable'],
  }),

  async handle(resource, asked, context) {
    const { pool } = context
    const representation = representationOf(resource, asked.query)
    const [at] = wordsOf(asked.query, 'asOf')
    if (at !== undefined) return readPast(resource, asked.key, at, representation, context)
    const statement = readStatement(resource, asked.key, representation)
    const { rows } = await pool.query<{ version: number; document: string }>(statement)
    const [row] = rows
    if (!row) throw noSuch(resource, asked.key)
    const etag =
      representation.include.length > 0 ? includedTag(row.version, row.document) : versionTag(row.version)
    return { status: 200, headers: { etag }, body: row.document }
  },
}
