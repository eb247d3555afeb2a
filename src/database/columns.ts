import { getTableColumns, getTableName, type SQL, type SQLChunk, sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  customType,
  date,
  integer,
  type PgColumn,
  type PgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import { didYouMean } from '../problems/suggest.ts'

/**
 * Returns the column whose key in the Drizzle table is this property.
 * @param columns columns of one table.
 * @throws Error when there is none.
 */
export function columnIn(columns: Record<string, PgColumn>, property: string): PgColumn {
  const column = columns[property]
  if (column) return column
  const table = Object.values(columns)[0]?.table
  const subject = table === undefined ? 'the table' : `the table ${getTableName(table)}`
  throw new Error(`${subject} has no column "${property}"${didYouMean(property, Object.keys(columns))}`)
}

/** Returns the column of a table for a property. @throws Error when the table has none. */
export const columnOf = (table: PgTable, property: string): PgColumn =>
  columnIn(getTableColumns(table), property)

/** Converts the name of a property or resource to snake_case: `signedOn` to `signed_on`, `a-resource` to `a_resource`. */
export const snakeCase = (name: string): string =>
  name.replaceAll('-', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A UUIDv7 primary key, which the database generates (RFC 9562, section 5.7). */
export const uuidKey = () => uuid('id').primaryKey().default(sql`uuid_v7()`)

/** A `timestamptz` column with milliseconds. */
export const instantColumn = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** Time of the row's last change. Every table with a history has this column, which triggers set. */
export const rowStart = () => ({ rowStart: instantColumn('row_start').notNull().default(sql`change_time()`) })

/** The position of a row in its list, from 0. */
export const positionColumn = () => integer('position').notNull()

const edtfBound = (name: string, bound: 'earliest' | 'latest') =>
  date(`${name}_${bound}`).generatedAlwaysAs(sql.raw(`edtf_${bound}(${name})`))

/**
 * The columns of a date: EDTF text as its source gives it, and the earliest and latest day, which the database computes.
 * @example edtfColumns('signedOn') // signedOn, signedOnEarliest, signedOnLatest
 */
export const edtfColumns = (property: string) => {
  const name = snakeCase(property)
  return {
    [property]: text(name),
    [`${property}Earliest`]: edtfBound(name, 'earliest'),
    [`${property}Latest`]: edtfBound(name, 'latest'),
  }
}

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** A column of bytes, such as a hash. */
export const bytesColumn = (name: string) => bytea(name)

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

/**
 * The full-text column of a table, which PostgreSQL generates from the table's texts.
 * @param weighted SQL text expressions by weight: `A` for names and titles, `B` for prose.
 */
export function searchColumn(weighted: { A: string[]; B: string[] }) {
  const parts = (['A', 'B'] as const).flatMap((weight) =>
    weighted[weight].map(
      (expression) =>
        `setweight(to_tsvector('english', with_joined_words(plain_text(${expression}))), '${weight}')`,
    ),
  )
  return tsvector('search').generatedAlwaysAs(sql.raw(parts.join(' || ') || "''::tsvector"))
}

/** Returns the SQL of several texts as lines of one text. @param expressions SQL of texts, which may be null. */
export const textLines = (expressions: readonly string[]): SQL =>
  sql.raw(expressions.map((text) => `coalesce(${text}, '')`).join(` || U&'\\000A' || `) || "''")

/** Joins columns and other SQL by commas. */
export const commaList = (parts: readonly SQLChunk[]): SQL => sql.join([...parts], sql`, `)

/** Joins queries by `union all`. There must be at least one query. */
export const unionAll = (queries: readonly SQL[]): SQL => sql.join([...queries], sql` union all `)

/** Casts SQL of an array, such as the values of a filter, to `text[]`. */
export const textArray = (values: SQL): SQL => sql`${values}::text[]`

/** SQL literal of a text or a number. */
export const literal = (value: string | number): SQL =>
  sql.raw(typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`)

/** SQL string literals, separated by commas. */
export const literals = (values: readonly string[]): SQL => commaList(values.map(literal))

/** A check constraint that allows the values of an enumeration, and null. */
export const oneOf = (name: string, column: AnyPgColumn, values: readonly string[]) =>
  check(name, sql`${column} in (${literals(values)})`)

/** A check constraint that requires exactly one of the columns to be not null. */
export const exactlyOne = (name: string, columns: AnyPgColumn[]) =>
  check(name, sql`num_nonnulls(${commaList(columns)}) = 1`)

/** A check constraint that requires a text to be not empty and to have no spaces at its ends. */
export const filled = (name: string, column: AnyPgColumn) =>
  check(name, sql`${column} <> '' and ${column} = btrim(${column})`)

/** A check constraint on the form of a text, as a POSIX regular expression. */
export const matches = (name: string, column: AnyPgColumn, pattern: string) =>
  check(name, sql`${column} ~ ${literal(pattern)}`)
