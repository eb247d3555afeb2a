import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { deleteRows, insertRows, type Row } from '../../database/rows.ts'

/** A property that several columns of the record's own row hold, such as a location. */
export interface ColumnsPart<Value = unknown> {
  kind: 'columns'
  /** SQL expression of the property's JSON, over the record's row. */
  json: SQL
  /** The row's columns for a value. Method syntax, so that parts of any value fit one list. */
  columns(value: Value): Record<string, unknown>
}

/** A property that rows of other tables hold, such as the participants. */
export interface RowsPart<Value = unknown> {
  kind: 'rows'
  json: SQL
  /** Writes the rows of records that have none yet. */
  insert(transaction: Transaction, owned: Owned<Value>[]): Promise<void>
  /** Removes the rows of records. */
  clear(transaction: Transaction, keys: string[]): Promise<void>
}

export type Part = ColumnsPart | RowsPart

/** A value of a part with the key of the record that it belongs to. */
export interface Owned<Value> {
  key: string
  value: Value
}

/**
 * A part that is a list kept as rows of one table, in order.
 * @param owner property of the table that holds the record's key.
 * @param rows the rows of a value, without owner and position.
 */
export function rowsPart<Value>(options: {
  table: PgTable
  owner: string
  json: SQL
  rows: (value: Value) => Row[]
}): RowsPart<Value> {
  const { table, owner, json, rows } = options
  return {
    kind: 'rows',
    json,
    async insert(transaction, owned) {
      const values = owned.flatMap(({ key, value }) => positioned(rows(value), { [owner]: key }))
      await insertRows(transaction, table, values, columnOf(table, owner))
    },
    async clear(transaction, values) {
      await deleteRows(transaction, table, { column: columnOf(table, owner), values })
    },
  }
}

/** Rows with their owner and their place in the list. */
export const positioned = (rows: Row[], owner: Row): Row[] =>
  rows.map((row, position) => ({ ...row, ...owner, position }))

/** SQL of a JSON array of the rows of a query, compact, `[]` when there are none. */
export const jsonRows = (query: SQL): SQL =>
  sql`array_to_json(array(select row_to_json(item) from (${query}) item))`

/** SQL of a JSON array of the single column of a query. */
export const jsonList = (query: SQL): SQL => sql`array_to_json(array(${query}))`
