import { createHash } from 'node:crypto'
import { getTableColumns, getTableName, is, SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { columnOf } from './columns.ts'
import type { Transaction } from './database.ts'
import { dialect } from './dialect.ts'

/**
 * Writing rows by statements that stay the same however many rows there are: all values travel as one JSON value, which
 * PostgreSQL unfolds. So each is prepared once a connection, and writing thousands of rows is one round trip.
 */

/** A row by the properties of its table. What is left out is null, or what the column is by default. */
export type Row = Record<string, unknown>

const quoted = pg.escapeIdentifier

/** Statements by table and what they do with which properties. */
const texts = new WeakMap<PgTable, Map<string, { name: string; text: string }>>()

function prepared(table: PgTable, shape: string, build: () => string): { name: string; text: string } {
  const known = texts.get(table) ?? new Map<string, { name: string; text: string }>()
  texts.set(table, known)
  const text = known.get(shape)?.text ?? build()
  const statement = known.get(shape) ?? { text, name: createHash('sha1').update(text).digest('base64url') }
  known.set(shape, statement)
  return statement
}

const named = (columns: PgColumn[]) => columns.map(({ name }) => quoted(name)).join(', ')

/** What the JSON is unfolded to: properties under the names of their columns. */
const unfolded = (properties: string[], columns: PgColumn[]) =>
  columns.map((column, at) => `${quoted(properties[at] ?? '')} ${column.getSQLType()}`).join(', ')

const listed = (properties: string[]) => properties.map(quoted).join(', ')

/** The properties as values of an insert, of which rows may lack those that the database makes by a function. */
const inserted = (properties: string[], columns: PgColumn[]) =>
  columns
    .map((column, at) => {
      const given = quoted(properties[at] ?? '')
      return is(column.default, SQL) ? `coalesce(${given}, ${dialect.sqlToQuery(column.default).sql})` : given
    })
    .join(', ')

/** The properties that rows of a table fill: those that any of them has, in the order of the table. */
export function propertiesOf(table: PgTable, rows: Row[]): string[] {
  const found = new Set<string>()
  for (const row of rows) for (const property in row) found.add(property)
  return Object.keys(getTableColumns(table)).filter((property) => found.has(property))
}

/**
 * Inserts rows, in their order.
 * @param returning a column whose values are wanted, as text.
 * @returns those values, in the order of the rows.
 * @throws what PostgreSQL refuses.
 */
export async function insertRows(
  client: Transaction,
  table: PgTable,
  rows: Row[],
  returning: PgColumn,
): Promise<string[]> {
  if (rows.length === 0) return []
  const properties = propertiesOf(table, rows)
  const statement = prepared(table, `insert ${properties} ${returning.name}`, () => {
    const columns = properties.map((property) => columnOf(table, property))
    return `insert into ${quoted(getTableName(table))} (${named(columns)}) select ${inserted(properties, columns)} from json_to_recordset($1) as given(${unfolded(properties, columns)}) returning ${quoted(returning.name)}::text as value`
  })
  const written = await client.query<{ value: string }>({
    ...statement,
    values: [JSON.stringify(rows)],
  })
  return written.map(({ value }) => value)
}

/** Gives the row with a key new values. @throws what PostgreSQL refuses. */
export async function updateRow(
  client: Transaction,
  table: PgTable,
  key: { column: PgColumn; value: string },
  row: Row,
): Promise<void> {
  const properties = propertiesOf(table, [row])
  const statement = prepared(table, `update ${properties}`, () => {
    const columns = properties.map((property) => columnOf(table, property))
    return `update ${quoted(getTableName(table))} set (${named(columns)}) = (select ${listed(properties)} from json_to_record($2) as given(${unfolded(properties, columns)})) where ${quoted(key.column.name)} = $1`
  })
  await client.query({ ...statement, values: [key.value, JSON.stringify(row)] })
}

/** What a row's key is called beside its properties, none of which is called so. */
const keyOfRow = 'key of the row'

/** Gives many rows, each named by its key, new values of the same properties. @throws what PostgreSQL refuses. */
export async function updateRows(
  client: Transaction,
  table: PgTable,
  key: PgColumn,
  changes: { key: string; row: Row }[],
): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map(({ row }) => row)
  const properties = propertiesOf(table, rows)
  const statement = prepared(table, `update many ${properties}`, () => {
    const columns = properties.map((property) => columnOf(table, property))
    const given = `${quoted(keyOfRow)} ${key.getSQLType()}, ${unfolded(properties, columns)}`
    const assigned = columns.map(({ name }, at) => `${quoted(name)} = given.${quoted(properties[at] ?? '')}`)
    return `update ${quoted(getTableName(table))} as target set ${assigned.join(', ')} from json_to_recordset($1) as given(${given}) where target.${quoted(key.name)} = given.${quoted(keyOfRow)}`
  })
  const named = changes.map(({ key: value, row }) => ({ [keyOfRow]: value, ...row }))
  await client.query({ ...statement, values: [JSON.stringify(named)] })
}

/** Deletes the rows of which a column has one of some values. @throws what PostgreSQL refuses. */
export async function deleteRows(
  client: Transaction,
  table: PgTable,
  where: { column: PgColumn; values: string[] },
): Promise<void> {
  if (where.values.length === 0) return
  const { name } = where.column
  const statement = prepared(
    table,
    `delete ${name}`,
    () =>
      `delete from ${quoted(getTableName(table))} where ${quoted(name)} = any($1::${where.column.getSQLType()}[])`,
  )
  await client.query({ ...statement, values: [where.values] })
}

/** Rows with the columns of their owner and their place in the list. */
export const positioned = (rows: Row[], owner: Row): Row[] =>
  rows.map((row, position) => ({ ...row, ...owner, position }))
