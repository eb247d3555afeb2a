import { is, Placeholder, type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'

/** An element of an array in PostgreSQL's notation. */
const element = (value: unknown): string =>
  value === null ? 'null' : `"${textOf(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/** The text that PostgreSQL reads a value from, as the driver sends it for a parameter. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (Array.isArray(value)) return `{${value.map(element).join()}}`
  throw new Error(`a value of a plan has no literal: ${typeof value}`)
}

/**
 * A value as a literal of SQL. It is quoted whatever it is, so its type is found as that of a parameter would be.
 * @throws for values that no plan has: objects, undefined.
 */
export const literal = (value: unknown): string => (value === null ? 'null' : pg.escapeLiteral(textOf(value)))

/**
 * The text of a statement with its values in it, for COPY, which takes no parameters. Every value comes through
 * `literal`; nothing else puts text of a client into SQL.
 * @param values for the placeholders, by name.
 */
export function inlined(statement: SQL, values: Record<string, unknown>): string {
  const dialect = new PgDialect()
  // drizzle gives the value beside its number, which is all that a parameter needs.
  dialect.escapeParam = (_number: number, value?: unknown) =>
    literal(is(value, Placeholder) ? values[value.name] : value)
  return dialect.sqlToQuery(statement).sql
}
