import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { literal } from '../database/columns.ts'
import { fold, foldedPrefix, nameList } from '../database/folding.ts'
import { records } from '../database/tables/records.ts'
import { limitParameter } from '../model/parameters.ts'
import { getLimit, getStringValues } from '../model/query-string.ts'
import { managedSchemas, pluralNoun, type Resource } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { createScope, readCursor, writeCursor } from '../query/cursor.ts'
import { pageCursorParameter } from '../query/list.ts'
import { boundedRows, maxPageBytesSql, placeholder, statement } from '../query/statement.ts'
import { ifNoneMatch } from './entity-tags.ts'
import type { Operation } from './operation.ts'
import { linkHeader, pageHeaders } from './page.ts'
import { pageEnvelope } from './page-envelope.ts'
import { namedPageSchema, readResponses } from './response-schemas.ts'

/** Default and maximum number of records that a page checks. */
const limits = { defaultSize: 100, maxSize: 200 } as const

/** Maximum number of duplicates that are proposed for a record. */
const maxOthers = 5

const similarRecord = z.strictObject({
  key: z.string().meta({ description: 'Key of the record.' }),
  title: z
    .string()
    .nullable()
    .meta({ description: 'Title of the record; null for a citation without an `excerpt`.' }),
})

const example = {
  record: { key: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90', title: 'Academy of Sciences' },
  other: { key: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f91', title: 'ACADEMY OF SCIENCES' },
  same: ['country', 'kind'],
  score: 0.67,
}

const duplicatePair = registerResponseSchema(
  'DuplicatePair',
  z
    .strictObject({
      record: similarRecord,
      other: similarRecord,
      same: z.array(z.string()).meta({
        description:
          'Properties with equal, non-empty values in both, except names, ids, visibility, version and timestamps.',
      }),
      score: z.number().min(0).max(1).meta({
        description:
          'Share of the properties in `same` among those with values in both, with the same exceptions; 0.5 if there are none.',
      }),
    })
    .meta({ description: 'Two records with a name in common.', examples: [example] }),
)

const duplicatePage = namedPageSchema('DuplicatePage', duplicatePair, {
  description: 'Pairs of possible duplicates.',
  example,
  limit: limits.defaultSize,
})

interface Row {
  /** Number of records up to the limit. If the records are too large together, there are fewer rows. */
  found: number
  key: string
  title: string | null
  /** Null if there are no others. */
  document: string | null
  others: { key: string; title: string | null; document: string | null }[] | null
}

/**
 * Returns the statement of a page: up to `limit` records in the order of their keys, each with up to `maxOthers` records
 * with higher keys that share one of its names. An index finds these, so the cost does not grow with the number
 * of records. If the documents of the pairs are too large together, there are fewer records.
 */
function duplicatesStatement(resource: Resource, after: string | undefined, limit: number) {
  const { table, key, id, search } = resource
  const type = sql.raw(key.column.getSQLType())
  const build = () => {
    const where = after === undefined ? sql`` : sql`where ${key.column} > ${placeholder('after')}::${type}`
    // The left sides are the indexed expressions of the table, so that PostgreSQL uses the indexes.
    const sharesName = search.nameLines
      ? sql`${nameList(search.nameLines)} && page.names`
      : sql`${foldedPrefix(search.title)} = left(page.names[1], 200) collate "C" and ${fold(search.title)} = page.names[1] and page.names[1] <> ''`
    // Only the documents of pairs are sent.
    const size = sql`case when others is null then 0 else coalesce(octet_length(document), 0) + octet_length(others::text) end`
    const orderBy = sql`order by page_key`
    const rows = sql`select page.key as page_key, page.title, page_record.document, (
        select json_agg(found) from (
          select ${key.column}::text as key, ${search.title} as title, ${records}.document
          from ${table} join ${records} on ${records.id} = ${id}
          where ${sharesName} and ${key.column} > page.key
          order by ${key.column} limit ${literal(maxOthers)}
        ) as found
      ) as others
      from page join ${records} as page_record on page_record.id = page.id`
    return sql`with page as materialized (
        select ${key.column} as key, ${id} as id, ${search.title} as title,
          ${search.nameLines ? nameList(search.nameLines) : sql`array[${fold(search.title)}]`} as names
        from ${table} ${where} order by ${key.column} limit ${placeholder('limit')}::int
      )
      select found, page_key::text as key, title, case when others is not null then document end as document, others
      from ${boundedRows(rows, orderBy, size)} where bytes_before < ${maxPageBytesSql} ${orderBy}`
  }
  const shape = `duplicates|${resource.name}|${after === undefined ? 'first' : 'after'}`
  return statement(shape, build, { limit, ...(after !== undefined && { after }) })
}

/** Whether a value is neither null nor empty. */
const isFilled = (value: unknown) =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)

const documentSchema = z.record(z.string(), z.unknown())

/**
 * Compares two documents by the properties that both have, except names, ids, visibility, version and timestamps. If there are
 * none, the score is 0.5.
 */
function compareDocuments(resource: Resource, one: string | null, other: string | null) {
  const [first, second] = [one, other].map((text) => documentSchema.parse(JSON.parse(text ?? '{}')))
  const { title, otherName, translations } = resource.registry.declaration(resource.name).search
  const ignored = new Set([
    title,
    otherName,
    translations,
    'aliases',
    'externalIds',
    'visibility',
    resource.key.property,
  ])
  const compared = Object.keys(first ?? {}).filter(
    (name) =>
      !ignored.has(name) && !(name in managedSchemas) && isFilled(first?.[name]) && isFilled(second?.[name]),
  )
  const same = compared.filter((name) => isDeepStrictEqual(first?.[name], second?.[name]))
  const score = compared.length === 0 ? 0.5 : same.length / compared.length
  return { same, score: Math.round(score * 100) / 100 }
}

/** `GET /v1/{resource}/duplicates`: pairs of records that have a name in common. */
export const duplicates: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `list${resource.singular}Duplicates`,
    summary: `Find ${pluralNoun(resource)} that may be recorded twice`,
    description: 'Pairs with an equal name, title or alias.',
    details:
      'Names match without case and accents. A page checks `limit` records in order of their keys, with up to five pairs each, so it may be empty although `next` is not null. Merge a pair with `POST …/merge`.',
    path: '/duplicates',
    scope: 'collection',
    access: 'read',
    cost: 2,
    query: {
      limit: limitParameter('Records to check', limits),
      cursor: pageCursorParameter,
    },
    headers: [ifNoneMatch],
    responses: readResponses('Pairs of records.', () => duplicatePage, { link: linkHeader }),
    problems: ['invalid-cursor'],
  }),

  async handle(resource, { query, queryString }, { database, cursorSecret }) {
    const [cursor] = getStringValues(query, 'cursor')
    const limit = getLimit(query, limits)
    const scope = createScope('duplicates', resource.name)
    const [after] = cursor === undefined ? [] : readCursor(scope, cursor, cursorSecret)
    const rows = await database.read<Row>(duplicatesStatement(resource, after, limit))
    const data = rows.flatMap(({ key, title, document, others }) =>
      (others ?? []).map((other) => ({
        record: { key, title },
        other: { key: other.key, title: other.title },
        ...compareDocuments(resource, document, other.document),
      })),
    )
    const found = rows[0]?.found ?? 0
    const last = found === limit || rows.length < found ? rows.at(-1) : undefined
    const next = last ? writeCursor(scope, [last.key], cursorSecret) : null
    const body = pageEnvelope(data.map((pair) => JSON.stringify(pair)).join(), { limit, next })
    return { status: 200, headers: pageHeaders(body, next, queryString), body }
  },
}
