import { Problem } from '../problems/problem.ts'
import { representationOf, representationParameters } from '../query/representation.ts'
import { readStatement } from '../query/sql.ts'
import type { Resource } from '../resources/resource.ts'
import { notModified, wholeOrSparse } from './answers.ts'
import type { Operation } from './operation.ts'
import { etagHeader, ifNoneMatch, includedTag, versionTag } from './tags.ts'

/** The problem that no record has a key. */
export const noSuch = (resource: Resource, key: string): Problem =>
  new Problem('not-found', `There is no ${resource.noun} ${key}.`)

/** `GET /v1/{resource}/{key}`: one record. */
export const read: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}`,
    summary: `Read one ${resource.noun}`,
    description: `Answers the ${resource.noun} as it is now.`,
    path: 'record',
    access: 'read',
    query: representationParameters(resource),
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

  async handle(resource, asked, { pool }) {
    const representation = representationOf(resource, asked.query)
    const statement = readStatement(resource, asked.key, representation)
    const { rows } = await pool.query<{ version: number; document: string }>(statement)
    const [row] = rows
    if (!row) throw noSuch(resource, asked.key)
    const etag =
      representation.include.length > 0 ? includedTag(row.version, row.document) : versionTag(row.version)
    return { status: 200, headers: { etag }, body: row.document }
  },
}
