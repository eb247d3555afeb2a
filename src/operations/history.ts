import type { Operation as PatchOperation } from 'rfc6902'
import { z } from 'zod'
import { autocommitReads } from '../database/database.ts'
import { booleanText, limitParameter, singleValueParameter } from '../model/parameters.ts'
import { getLimit, getStringValues } from '../model/query-string.ts'
import { type Resource, withCurrentNames } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { createScope, readCursor, writeCursor } from '../query/cursor.ts'
import { pageCursorParameter, pageSize } from '../query/list.ts'
import { historyStatement } from '../query/revisions.ts'
import { runInSlices } from '../time-slice.ts'
import { aNoun } from '../wording.ts'
import { ifNoneMatch } from './entity-tags.ts'
import type { Operation } from './operation.ts'
import { linkHeader, pageHeaders } from './page.ts'
import { pageEnvelope } from './page-envelope.ts'
import { recordNotFound } from './read.ts'
import { findRecord } from './records.ts'
import { namedPageSchema, readResponses } from './response-schemas.ts'
import { recordChange, revisionExample } from './revision-schema.ts'
import { diffJson } from './writing/diff.ts'

const patchOperation = registerResponseSchema(
  'Change',
  z
    .strictObject({
      op: z.enum(['add', 'remove', 'replace']),
      path: z.string().meta({ description: 'JSON pointer (RFC 6901); empty for the whole record.' }),
      value: z.unknown().optional(),
    })
    .meta({
      description: 'An operation of a JSON patch (RFC 6902).',
      examples: [{ op: 'replace', path: '/status', value: 'in_force' }],
    }),
)

const example = {
  ...revisionExample,
  mergedFrom: null,
  changes: [{ op: 'replace', path: '/version', value: 2 }],
}

const entry = registerResponseSchema(
  'HistoryEntry',
  z
    .intersection(
      recordChange,
      z.strictObject({
        mergedFrom: z.string().nullable().meta({
          description: 'Of a merge: key of the record that was merged into this one; null otherwise.',
        }),
        changes: z.array(patchOperation).meta({
          description:
            'Changes from the version before to this one; for the first version, the whole record.',
        }),
      }),
    )
    .meta({ description: 'A change of a record.', examples: [example] }),
)

const historyPage = namedPageSchema('HistoryPage', entry, {
  description: 'Changes of a record, newest first.',
  example,
})

interface Row {
  entry: { version: number; mergedInto: string | null }
  document: string
  mergedFrom: string | null
  /** Whether reads of the key are redirected. The revision of the merge may be hidden from the reader. */
  isMerged: boolean
  /** Number of revisions up to the limit. There are fewer rows if their documents are too large together. */
  found: number
}

/**
 * Returns the JSON of the entries of the first `count` rows, newest first. The changes of an entry are the differences from the
 * next row, which has the version before. Yields after each entry.
 */
function* entriesJson(resource: Resource, rows: readonly Row[], count: number): Generator<undefined, string> {
  // Older revisions may have former names of properties. A renaming is not a change of the record.
  const read = (row: Row | undefined) => (row ? withCurrentNames(resource, JSON.parse(row.document)) : null)
  const entries: string[] = []
  let document = read(rows[0])
  for (const [index, { entry: revision, mergedFrom }] of rows.slice(0, count).entries()) {
    // The oldest revision has none before it, and is compared with null.
    const before = read(rows[index + 1])
    const changes: PatchOperation[] = diffJson(before, document)
    entries.push(JSON.stringify({ ...revision, mergedFrom, changes }))
    document = before
    yield
  }
  return entries.join(',')
}

/** `GET /v1/{resource}/{key}/history`: pages of the changes of a record, newest first. */
export const history: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}History`,
    summary: `Read the history of ${aNoun(resource.noun)}`,
    description: 'Every change, newest first.',
    details:
      'Each change has its differences, author and reason. The history stays after a removal: its newest operation is `remove`.',
    path: '/history',
    scope: 'record',
    access: 'read',
    query: {
      follow: singleValueParameter(
        booleanText,
        '`false` reads the history of the key itself, even after a merge. Otherwise, a request for the key of a merged record is redirected to the history of the remaining record.',
      ),
      limit: limitParameter('Entries per page', pageSize),
      cursor: pageCursorParameter,
    },
    headers: [ifNoneMatch],
    responses: readResponses('Changes of the record.', () => historyPage, { link: linkHeader }),
    problems: ['invalid-cursor', 'not-found'],
  }),

  async handle(resource, request, { database, cursorSecret }) {
    const { key, query } = request
    const [cursor] = getStringValues(query, 'cursor')
    const size = getLimit(query, pageSize)
    const scope = createScope('history', resource.name, key)
    const [before] = cursor === undefined ? [] : readCursor(scope, cursor, cursorSecret)
    const from = before === undefined ? undefined : Number(before)
    // One row more than the page has: the last entry is compared with it, and it shows that another page follows.
    const rows = await database.read<Row>(historyStatement(resource, key, from, size + 1))
    const [newest] = rows
    const isMerged = newest !== undefined && (newest.isMerged || newest.entry.mergedInto !== null)
    // `withMergedRecords` turns this into a redirect to the remaining record.
    if (before === undefined && isMerged && getStringValues(query, 'follow')[0] !== 'false')
      throw recordNotFound(resource, key)
    if (rows.length === 0) {
      const found = await findRecord(autocommitReads(database), resource, key, {
        fields: ['version'],
        include: [],
      })
      if (!found) throw recordNotFound(resource, key)
    }
    const hasMore = rows.length > size || rows.length < (newest?.found ?? 0)
    const count = hasMore ? rows.length - 1 : rows.length
    const last = hasMore ? rows[count - 1] : undefined
    const next = last ? writeCursor(scope, [String(last.entry.version)], cursorSecret) : null
    const data = await runInSlices(entriesJson(resource, rows, count))
    const body = pageEnvelope(data, { limit: size, next })
    return { status: 200, headers: pageHeaders(body, next, request.queryString), body }
  },
}
