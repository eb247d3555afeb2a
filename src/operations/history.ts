import type { Operation as Change } from 'rfc6902'
import { z } from 'zod'
import { singleReads } from '../database/database.ts'
import { limitOf, single, valuesOf, wordsOf } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import { aNoun } from '../problems/suggest.ts'
import { readCursor, type Scope, scopeFrom, writeCursor } from '../query/cursor.ts'
import { pageSize } from '../query/list.ts'
import { historyStatement } from '../query/revisions.ts'
import { notModified, page } from './answers.ts'
import { entryExample, entryShape } from './entries.ts'
import type { Operation } from './operation.ts'
import { linkHeader, nextLink } from './page.ts'
import { pageEnvelope } from './page-envelope.ts'
import { noSuch } from './read.ts'
import { findRecords } from './records.ts'
import { bodyTag, etagHeader, ifNoneMatch } from './tags.ts'
import { difference } from './writing/diff.ts'

const change = nameOutput(
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

const example = { ...entryExample, changes: [{ op: 'replace', path: '/version', value: 2 }] }

const entry = nameOutput(
  'HistoryEntry',
  z
    .strictObject({
      ...entryShape,
      changes: z.array(change).meta({
        description: 'What makes the record of the version before this one; of the first version, all of it.',
      }),
    })
    .meta({ description: 'A change of a record.', examples: [example] }),
)

const historyPage = nameOutput(
  'HistoryPage',
  z.strictObject({ data: z.array(entry), page }).meta({
    description: 'Changes of a record, newest first.',
    examples: [{ data: [example], page: { limit: 25, next: null } }],
  }),
)

interface Row {
  entry: { version: number }
  document: string
}

/** An entry's JSON, with what has changed since the row before it; all of it where there is none. */
function entryText({ entry: told, document }: Row, before: Row | undefined): string {
  const previous: unknown = before ? JSON.parse(before.document) : null
  const changes: Change[] = difference(previous, JSON.parse(document))
  return JSON.stringify({ ...told, changes })
}

const scopeOf = (resource: Resource, key: string): Scope => scopeFrom('history', resource.name, key)

/** `GET /v1/{resource}/{key}/history`: what has been done with a record. */
export const history: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}History`,
    summary: `Read the history of ${aNoun(resource.noun)}`,
    description: `Every change of the ${resource.noun}, newest first, with what it has changed, who made it and why. A removed one still has its history, the last entry of which says \`remove\`; what it was then is in the entry before.`,
    path: '/history',
    of: 'one',
    access: 'read',
    query: {
      limit: limitOf('Changes in a page', pageSize),
      cursor: single(z.string().min(1).max(12_000), 'Where to go on: `page.next` of the page before.'),
    },
    headers: [ifNoneMatch],
    answers: {
      200: {
        description: `Changes of the ${resource.noun}.`,
        schema: () => historyPage,
        headers: { etag: etagHeader, link: linkHeader },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'invalid-cursor', 'not-found', 'not-acceptable'],
  }),

  async handle(resource, request, { database, cursorSecret }) {
    const { key, query } = request
    const [cursor] = wordsOf(query, 'cursor')
    const size = Number(valuesOf(query, 'limit')[0] ?? pageSize.usual)
    const scope = scopeOf(resource, key)
    const [before] = cursor === undefined ? [] : readCursor(scope, cursor, cursorSecret)
    // One more than is shown: it says what the last one shown has changed, and that there is another page.
    const from = before === undefined ? undefined : Number(before)
    const rows = await database.read<Row>(historyStatement(resource, key, from, size + 1))
    if (rows.length === 0) {
      const found = await findRecords(singleReads(database), resource, [key], {
        fields: ['version'],
        include: [],
      })
      if (!found.has(key)) throw noSuch(resource, key)
    }
    const shown = rows.slice(0, size)
    const last = rows.length > size ? shown.at(-1) : undefined
    const next = last ? writeCursor(scope, [String(last.entry.version)], cursorSecret) : null
    const data = shown.map((row, at) => entryText(row, rows[at + 1])).join(',')
    const body = pageEnvelope(data, { limit: size, next })
    const headers = { etag: bodyTag(body), ...(next !== null && { link: nextLink(request.search, next) }) }
    return { status: 200, headers, body }
  },
}
