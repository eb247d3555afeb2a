import { createHash } from 'node:crypto'
import { getTableColumns, getTableName, is, SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { columnOf } from './columns.ts'
import { compileSql } from './dialect.ts'
import type { Statement } from './statement.ts'

/**
 * Writes rows of several tables with one statement whose text does not depend on the number of rows: the rows of a table are
 * one JSON parameter, which PostgreSQL turns into rows. So each statement is prepared once per connection, and writing a
 * record with its lists is one round trip. Here, a property is the key of a column in its Drizzle table, such as `signedOn`.
 */

/**
 * The values of a row by property. If a row lacks a property that other rows of the write have, an insert writes the default
 * of the column if that is SQL, otherwise null; COPY and updates write null.
 */
export type Row = Record<string, unknown>

/** A write to one table. `rows` may be JSON text. */
export interface TableWrite {
  kind: 'insert' | 'update'
  table: PgTable
  /** The properties that are written. An update finds its rows by `id`. */
  properties: readonly string[]
  rows: Row[] | string
}

const quote = pg.escapeIdentifier
const listNames = (names: string[]) => names.map(quote).join(', ')

const listColumns = (table: PgTable, properties: readonly string[]) =>
  properties.map((property) => columnOf(table, property))

/** The columns of `json_to_recordset`: each property with the type of its column. */
const recordsetColumns = (table: PgTable, properties: readonly string[]) =>
  properties.map((property) => `${quote(property)} ${columnOf(table, property).getSQLType()}`).join(', ')

/** Returns the SQL of an inserted value. A missing value becomes the column's default if the default is SQL. */
function insertedValue(property: string, column: PgColumn): string {
  const given = `given.${quote(property)}`
  return is(column.default, SQL) ? `coalesce(${given}, ${compileSql(column.default).text})` : given
}

function insertText({ table, properties }: TableWrite, parameter: number): string {
  const columns = listColumns(table, properties)
  const values = columns.map((column, index) => insertedValue(properties[index] ?? '', column))
  return `insert into ${quote(getTableName(table))} (${listNames(columns.map(({ name }) => name))}) select ${values.join(', ')} from json_to_recordset($${parameter}) as given(${recordsetColumns(table, properties)})`
}

function updateText({ table, properties }: TableWrite, parameter: number): string {
  const columns = listColumns(table, properties)
  const assigned = columns.flatMap(({ name }, index) =>
    properties[index] === 'id' ? [] : [`${quote(name)} = given.${quote(properties[index] ?? '')}`],
  )
  return `update ${quote(getTableName(table))} as target set ${assigned.join(', ')} from json_to_recordset($${parameter}) as given(${recordsetColumns(table, properties)}) where target.id = given.id`
}

const preparedStatements = new Map<string, { name: string; text: string }>()

/** Returns the named statement with this cache key. `build` makes its text on the first call. */
function prepare(cacheKey: string, build: () => string): { name: string; text: string } {
  const known = preparedStatements.get(cacheKey)
  if (known) return known
  const text = build()
  const statement = { text, name: createHash('sha1').update(text).digest('base64url') }
  preparedStatements.set(cacheKey, statement)
  return statement
}

/** Returns one statement for several writes. All of them see the tables as they were before the statement. */
export function writeStatement(writes: TableWrite[]): Statement {
  const cacheKey = writes
    .map(({ kind, table, properties }) => `${kind} ${getTableName(table)} ${properties.join()}`)
    .join('|')
  const statement = prepare(cacheKey, () => {
    const parts = writes.map((write, index) => {
      const text = write.kind === 'insert' ? insertText(write, index + 1) : updateText(write, index + 1)
      return `write_${index} as (${text})`
    })
    return `with ${parts.join(', ')} select`
  })
  const values = writes.map(({ rows }) => (typeof rows === 'string' ? rows : JSON.stringify(rows)))
  return { ...statement, values }
}

/** A table with rows of records, such as the table of a list, and its column with the id of the record. */
export interface RecordRows {
  table: PgTable
  recordId: PgColumn
}

/** Returns the statement that deletes the rows of some records from several tables. */
export function deleteStatement(tables: RecordRows[], ids: string[]): Statement {
  const cacheKey = `delete ${tables.map(({ table, recordId }) => `${getTableName(table)} ${recordId.name}`).join('|')}`
  const statement = prepare(cacheKey, () => {
    const parts = tables.map(
      ({ table, recordId }, index) =>
        `delete_${index} as (delete from ${quote(getTableName(table))} where ${quote(recordId.name)} = any($1::uuid[]))`,
    )
    return `with ${parts.join(', ')} select`
  })
  return { ...statement, values: [ids] }
}

/** Returns the properties that at least one row has, in the order of the table. */
export function filledProperties(table: PgTable, rows: Row[]): string[] {
  const found = new Set<string>()
  for (const row of rows) for (const property in row) found.add(property)
  return Object.keys(getTableColumns(table)).filter((property) => found.has(property))
}

/** Adds its position in the list to each row. @param common values that are the same in every row, such as `record`. */
export const withPositions = (rows: Row[], common: Row): Row[] =>
  rows.map((row, position) => ({ ...row, ...common, position }))
