import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'

/** SQL of a list of columns, each with its property as alias. */
export const columnList = (table: PgTable, properties: readonly string[]): SQL =>
  sql.join(
    properties.map((property) => sql`${columnOf(table, property)} as ${sql.identifier(property)}`),
    sql`, `,
  )

/** SQL of a compact JSON array of the rows of a query; `[]` if there are none. */
export const jsonRows = (query: SQL): SQL =>
  sql`array_to_json(array(select row_to_json(item) from (${query}) item))`

/** SQL of a JSON array of the values of a query with one column. */
export const jsonList = (query: SQL): SQL => sql`array_to_json(array(${query}))`

/** SQL of a compact JSON object of columns, in the given order. */
export const jsonObject = (columns: Record<string, SQL>): SQL =>
  sql`(select row_to_json(part) from (select ${sql.join(
    Object.entries(columns).map(([key, value]) => sql`${value} as ${sql.identifier(key)}`),
    sql`, `,
  )}) part)`
