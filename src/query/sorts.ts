import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'

/**
 * A key that lists can be sorted by. Records without a value come last in both directions: the expressions put
 * the largest or smallest value in its place, so a key is never null and a page can start anywhere by comparison.
 */
export interface SortKey {
  description: string
  asc: SQL
  desc: SQL
  /** PostgreSQL type that a cursor's text is read back as. */
  type: 'text' | 'date' | 'numeric' | 'timestamptz' | 'uuid'
}

/** Names and titles, in the order of the Unicode collation algorithm, whatever the server's locale is. */
export function byText(column: AnyPgColumn, description: string): SortKey {
  const collated = (text: SQL) => sql`${text} collate "und-x-icu"`
  return {
    description,
    // U+FFFF sorts after every other character in CLDR's root collation.
    asc: collated(column.notNull ? sql`${column}` : sql`coalesce(${column}, U&'\\FFFF')`),
    desc: collated(column.notNull ? sql`${column}` : sql`coalesce(${column}, '')`),
    type: 'text',
  }
}

/** Codes and words, in the order of their bytes. */
export function byCode(column: AnyPgColumn, description: string): SortKey {
  return {
    description,
    asc: sql`coalesce(${column}, '~') collate "C"`,
    desc: sql`coalesce(${column}, '') collate "C"`,
    type: 'text',
  }
}

/** An EDTF date, by the earliest day that it can mean. */
export function byDate(table: PgTable, property: string, description: string): SortKey {
  const earliest = columnOf(table, `${property}Earliest`)
  return {
    description,
    asc: sql`coalesce(${earliest}, 'infinity'::date)`,
    desc: sql`coalesce(${earliest}, '-infinity'::date)`,
    type: 'date',
  }
}

/** A number. */
export function byNumber(column: AnyPgColumn, description: string): SortKey {
  return {
    description,
    asc: sql`coalesce(${column}::numeric, 'Infinity'::numeric)`,
    desc: sql`coalesce(${column}::numeric, '-Infinity'::numeric)`,
    type: 'numeric',
  }
}

/** A column that always has a value and is of one of these types. */
export const byColumn = (
  column: AnyPgColumn,
  type: 'timestamptz' | 'uuid' | 'text',
  description: string,
): SortKey => ({
  description,
  asc: sql`${column}`,
  desc: sql`${column}`,
  type,
})
