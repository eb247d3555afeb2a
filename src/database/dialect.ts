import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

/** Converts drizzle's SQL to text. */
export const dialect = new PgDialect()

/** The text of an SQL expression, and its parameters in their order. */
export function compileSql(query: SQL): { text: string; values: unknown[] } {
  const { sql: text, params: values } = dialect.sqlToQuery(query)
  return { text, values }
}
