import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, type IndexBuilder, index } from 'drizzle-orm/pg-core'
import { columnOf } from './columns.ts'

/**
 * The sort expressions of a column. Null is replaced with the value that sorts last, so that records without a value come last in
 * both directions and a cursor can always compare.
 */
export interface Ordering {
  asc: SQL
  desc: SQL
  /** The PostgreSQL type to which the text of a sort key is cast. */
  type: 'text' | 'date' | 'numeric' | 'timestamptz' | 'uuid'
}

const coalesceColumn = (column: AnyPgColumn, value: SQL): SQL =>
  column.notNull ? sql`${column}` : sql`coalesce(${column}, ${value})`

/** Names and titles: the Unicode collation algorithm, which does not depend on the server's locale. U+FFFF sorts last. */
export const textOrder = (column: AnyPgColumn): Ordering => ({
  asc: sql`${coalesceColumn(column, sql`U&'\\FFFF'`)} collate "und-x-icu"`,
  desc: sql`${coalesceColumn(column, sql`''`)} collate "und-x-icu"`,
  type: 'text',
})

/** The highest code point of Unicode, which replaces a missing code. */
export const maxCharacter = sql`U&'\\+10FFFF'`

/** Codes: byte order. */
export const codeOrder = (column: AnyPgColumn): Ordering => ({
  asc: sql`${coalesceColumn(column, maxCharacter)} collate "C"`,
  desc: sql`${coalesceColumn(column, sql`''`)} collate "C"`,
  type: 'text',
})

/** Ids that the registry generates. A missing id is replaced with the first or the last UUID. */
const idOrder = (column: AnyPgColumn): Ordering => ({
  asc: coalesceColumn(column, sql`'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid`),
  desc: coalesceColumn(column, sql`'00000000-0000-0000-0000-000000000000'::uuid`),
  type: 'uuid',
})

/** References: by the key of the record that they refer to, which is an id or a code. */
export const referenceOrder = (column: AnyPgColumn): Ordering =>
  column.columnType === 'PgUUID' ? idOrder(column) : codeOrder(column)

/**
 * Days: an EDTF date sorts by its earliest day. A date with an open start (`-infinity`) counts as earlier than all others, and
 * is raised to an early day when descending, so that it comes before missing dates.
 */
export const dayOrder = (earliest: AnyPgColumn): Ordering => ({
  asc: sql`coalesce(${earliest}, 'infinity'::date)`,
  desc: sql`case when ${earliest} is null then '-infinity'::date else greatest(${earliest}, '4713-11-24 BC'::date) end`,
  type: 'date',
})

const asNumeric = (column: AnyPgColumn): SQL =>
  column.columnType === 'PgInteger' ? sql`(${column})::numeric` : sql`${column}`

/** Numbers: cast to `numeric`, because filters compare columns of every number type with any number. */
export const numberOrder = (column: AnyPgColumn): Ordering => ({
  asc: column.notNull ? asNumeric(column) : sql`coalesce(${asNumeric(column)}, 'Infinity'::numeric)`,
  desc: column.notNull ? asNumeric(column) : sql`coalesce(${asNumeric(column)}, '-Infinity'::numeric)`,
  type: 'numeric',
})

/** Columns that are never null: the default order of their type. */
export const plainOrder = (column: AnyPgColumn, type: 'text' | 'timestamptz' | 'uuid'): Ordering => ({
  asc: sql`${column}`,
  desc: sql`${column}`,
  type,
})

/**
 * Indexes for lists sorted by an ordering and then by the record's id. In lists of resources with a natural key, this key takes
 * the place of the id. These lists are so short that they need no index. A nullable column needs one index for each direction.
 * With `row_start` in the index, an `asOf` query skips rows that started later without reading them from the table.
 * @param name name of the ascending index.
 * @param column the sorted column.
 */
export function orderIndexes(
  name: string,
  { asc, desc }: Ordering,
  recordId: AnyPgColumn,
  column: AnyPgColumn,
): IndexBuilder[] {
  const rowStart = sql`${columnOf(recordId.table, 'rowStart')}`
  const ascending = index(name).on(sql`(${asc})`, recordId, rowStart)
  return column.notNull
    ? [ascending]
    : [ascending, index(`${name}_desc`).on(sql`(${desc})`, recordId, rowStart)]
}
