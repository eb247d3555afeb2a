import type { Database } from '../database/database.ts'
import type { Resource } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { recordMoment, recordMomentOf } from '../query/past.ts'
import { type Representation, representationOf, representationParameters } from '../query/representation.ts'
import { pastStatement } from '../query/revisions.ts'
import { notModified, wholeOrSparse } from './answers.ts'
import type { Context, Operation } from './operation.ts'
import { registryAt } from './past.ts'
import { findRecords, readerOf } from './records.ts'
import { etagHeader, ifNoneMatch, includedTag, versionTag } from './tags.ts'
import type { Stored } from './writing/documents.ts'

/** The problem that no record has a key. */
export const noSuch = (resource: Resource, key: string): Problem =>
  new Problem('not-found', `There is no ${resource.noun} ${key}.`)

/** The problem that no record had a key at a time. */
export const wasNot = (resource: Resource, key: string, at: string): Problem =>
  new Problem('not-found', `By its history, there was no ${resource.noun} ${key} at ${at}.`)

/** The record as it is now, or as it was at a moment, with what is included as it was then. */
async function recordAt(
  resource: Resource,
  key: string,
  at: string | undefined,
  representation: Representation,
  context: Context,
): Promise<Stored | undefined> {
  if (at === undefined) return readerOf(context.database, resource, representation).load(key)
  // Without others, its own history is enough.
  if (representation.include.length === 0)
    return pastRecord(resource, key, at, representation, context.database)
  const found = await registryAt(at, context, (past) => findRecords(past, resource, [key], representation))
  return found.get(key)
}

async function pastRecord(
  resource: Resource,
  key: string,
  at: string,
  { fields }: Representation,
  database: Database,
): Promise<Stored | undefined> {
  const rows = await database.read<Stored & { operation: string }>(pastStatement(resource, key, at, fields))
  const [row] = rows
  return row?.operation === 'remove' ? undefined : row
}

/** `GET /v1/{resource}/{key}`: one record. */
export const read: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}`,
    summary: `Read one ${resource.noun}`,
    description: `Answers the ${resource.noun} as it is now, or as it was at a moment.`,
    path: '',
    of: 'one',
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

  async handle(resource, { key, query }, context) {
    const representation = representationOf(resource, query)
    const at = recordMomentOf(query)
    const record = await recordAt(resource, key, at, representation, context)
    if (!record) throw at === undefined ? noSuch(resource, key) : wasNot(resource, key, at)
    const { version, document } = record
    const etag = representation.include.length > 0 ? includedTag(version, document) : versionTag(version)
    return { status: 200, headers: { etag }, body: document }
  },
}
