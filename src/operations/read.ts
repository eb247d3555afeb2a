import type { Transaction } from '../database/database.ts'
import { type Resource, recordSchema } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { getRecordAsOf, recordAsOfParameter } from '../query/past.ts'
import { listCountIncludes, readRepresentation, representationParameters } from '../query/representation.ts'
import { replaceListRequestsWithCounts } from './counts.ts'
import { ifNoneMatch, versionAndBodyTag, versionTag } from './entity-tags.ts'
import { acceptLanguage, contentLanguage, languageParameter, withLanguageHeaders } from './language.ts'
import type { Operation } from './operation.ts'
import { readRegistryAt } from './past.ts'
import { findRecord, readRecord } from './records.ts'
import { readResponses } from './response-schemas.ts'

/** Returns the problem `not-found`: no record has the key or, with `at`, no record had the key at that time. */
export const recordNotFound = ({ noun }: Resource, key: string, at?: string): Problem =>
  new Problem(
    'not-found',
    at === undefined
      ? `There is no ${noun} ${key}.`
      : `According to the history, there was no ${noun} ${key} at ${at}.`,
  )

/** `GET /v1/{resource}/{key}`: one record. */
export const read: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}`,
    summary: `Read one ${resource.noun}`,
    description: 'The current record or, with `asOf`, an earlier version.',
    path: '',
    scope: 'record',
    access: 'read',
    query: {
      ...representationParameters(resource, { isFile: false }),
      ...languageParameter('the names'),
      ...recordAsOfParameter,
    },
    headers: [ifNoneMatch, acceptLanguage],
    responses: readResponses('The record.', () => recordSchema(resource), {
      'content-language': contentLanguage,
    }),
    problems: ['not-found'],
  }),

  async handle(resource, { key, query, language }, context) {
    const representation = readRepresentation(resource, query)
    const at = getRecordAsOf(query)
    const readAt = <T>(work: (tx: Transaction) => Promise<T>) => readRegistryAt(at, context, work)
    const record = await (at === undefined
      ? readRecord(context.database, resource, key, representation)
      : readAt((tx) => findRecord(tx, resource, key, representation)))
    if (!record) throw recordNotFound(resource, key, at)
    const { version } = record
    const hasCounts = listCountIncludes(resource, representation).length > 0
    const document = hasCounts
      ? await readAt((tx) => replaceListRequestsWithCounts(tx, resource, representation, record.document, at))
      : record.document
    if (representation.names) {
      const request = { resource, representation, text: document, language, isPast: at !== undefined }
      const names = await readAt((tx) => context.names.find(tx, request, context.database))
      const body = `${document.slice(0, -1)},"names":${names}}`
      const headers = { etag: versionAndBodyTag(version, body) }
      return withLanguageHeaders({ status: 200, headers, body }, language)
    }
    // A redaction changes a record of the past, and not its version.
    const hasVersionTag = representation.include.length === 0 && at === undefined
    const etag = hasVersionTag ? versionTag(version) : versionAndBodyTag(version, document)
    return { status: 200, headers: { etag }, body: document }
  },
}
