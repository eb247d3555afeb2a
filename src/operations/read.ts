import type { Language } from '../model/languages.ts'
import { type Resource, recordSchema } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { getRecordAsOf, recordAsOfParameter } from '../query/past.ts'
import {
  listCountIncludes,
  type Representation,
  readRepresentation,
  representationParameters,
} from '../query/representation.ts'
import { replaceListRequestsWithCounts } from './counts.ts'
import { etagHeader, ifNoneMatch, versionAndBodyTag, versionTag } from './entity-tags.ts'
import { acceptLanguage, contentLanguage, languageParameter, withLanguageHeaders } from './language.ts'
import type { Context, Operation } from './operation.ts'
import { readRegistryAt } from './past.ts'
import { findRecord, readRecord } from './records.ts'
import { notModified } from './response-schemas.ts'
import type { StoredRecord } from './writing/documents.ts'

/** Returns the problem `not-found`: no record has the key. */
export const recordNotFound = (resource: Resource, key: string): Problem =>
  new Problem('not-found', `There is no ${resource.noun} ${key}.`)

/** Returns the problem `not-found`: no record had the key at a time. */
export const recordNotFoundAt = (resource: Resource, key: string, at: string): Problem =>
  new Problem('not-found', `According to the history, there was no ${resource.noun} ${key} at ${at}.`)

/** Reads a record with its includes, now or as of `at`. */
async function readRecordAt(
  resource: Resource,
  key: string,
  at: string | undefined,
  representation: Representation,
  context: Context,
): Promise<StoredRecord | undefined> {
  if (at === undefined) return readRecord(context.database, resource, key, representation)
  return readRegistryAt(at, context, (tx) => findRecord(tx, resource, key, representation))
}

/**
 * Replaces the list requests that includes have added to a record. Each is replaced with its count and its path
 * (`CountWithListPath`), now or as of `at`. If no include is a count, this begins no transaction.
 */
const withCounts = async (
  resource: Resource,
  document: string,
  representation: Representation,
  at: string | undefined,
  context: Context,
): Promise<string> =>
  listCountIncludes(resource, representation).length === 0
    ? document
    : readRegistryAt(at, context, (tx) =>
        replaceListRequestsWithCounts(tx, resource, representation, document, at),
      )

/** Adds the names of the records that a record refers to, now or as of `at`. */
async function withNames(
  resource: Resource,
  document: string,
  representation: Representation,
  language: Language,
  at: string | undefined,
  context: Context,
): Promise<string> {
  const request = { resource, representation, text: document, language, isPast: at !== undefined }
  const names = await readRegistryAt(at, context, (tx) => context.names.find(tx, request, context.database))
  return `${document.slice(0, -1)},"names":${names}}`
}

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
    responses: {
      200: {
        description: 'The record.',
        schema: () => recordSchema(resource),
        headers: { etag: etagHeader, 'content-language': contentLanguage },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'not-found', 'not-acceptable'],
  }),

  async handle(resource, { key, query, language }, context) {
    const representation = readRepresentation(resource, query)
    const at = getRecordAsOf(query)
    const record = await readRecordAt(resource, key, at, representation, context)
    if (!record) throw at === undefined ? recordNotFound(resource, key) : recordNotFoundAt(resource, key, at)
    const { version } = record
    const document = await withCounts(resource, record.document, representation, at, context)
    if (representation.names) {
      const body = await withNames(resource, document, representation, language, at, context)
      return withLanguageHeaders(
        { status: 200, headers: { etag: versionAndBodyTag(version, body) }, body },
        language,
      )
    }
    // A redaction changes a record of the past, and not its version.
    const hasVersionTag = representation.include.length === 0 && at === undefined
    const etag = hasVersionTag ? versionTag(version) : versionAndBodyTag(version, document)
    return { status: 200, headers: { etag }, body: document }
  },
}
