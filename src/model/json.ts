import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { columnOf, commaList } from '../database/columns.ts'

/** SQL of a list of values, each with its property as alias. */
const withAliases = (values: readonly (readonly [string, SQLWrapper])[]): SQL =>
  commaList(values.map(([property, value]) => sql`${value} as ${sql.identifier(property)}`))

/** SQL of a list of columns, each with its property as alias. */
export const columnList = (table: PgTable, properties: readonly string[]): SQL =>
  withAliases(properties.map((property) => [property, columnOf(table, property)]))

/** SQL of a compact JSON array of the rows of a query; `[]` if there are none. */
export const jsonRows = (query: SQL): SQL =>
  sql`array_to_json(array(select row_to_json(item) from (${query}) item))`

/** SQL of a JSON array of the values of a query with one column. */
export const jsonList = (query: SQL): SQL => sql`array_to_json(array(${query}))`

/** SQL of a compact JSON object of columns or other values, in the given order. */
export const jsonObject = (values: Record<string, SQLWrapper>): SQL =>
  sql`(select row_to_json(part) from (select ${withAliases(Object.entries(values))}) part)`

/** SQL of a compact JSON object of columns, in the given order; null if all of them are null. */
export const jsonObjectOrNull = (columns: Record<string, PgColumn>): SQL =>
  sql`case when num_nonnulls(${commaList(Object.values(columns))}) > 0 then ${jsonObject(columns)} end`
