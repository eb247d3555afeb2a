import { is, Placeholder, type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'

/** Returns an element of a PostgreSQL array literal. A nested array is not quoted, since it is a further dimension. */
function toArrayElement(value: unknown): string {
  if (value === null) return 'null'
  const text = toPgText(value)
  return Array.isArray(value) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Returns a value in PostgreSQL's text format, in which pg sends parameters. */
function toPgText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (Array.isArray(value)) return `{${value.map(toArrayElement).join()}}`
  throw new Error(`there is no SQL literal for a value of type ${typeof value}`)
}

/**
 * Returns a value as a quoted SQL literal. PostgreSQL infers its type as for a parameter.
 * @throws Error for an object or undefined, which no plan of `query/` has.
 */
const toLiteral = (value: unknown): string => (value === null ? 'null' : pg.escapeLiteral(toPgText(value)))

/**
 * Returns the SQL text of a statement with its values as literals, for COPY, which takes no parameters. Every value goes
 * through `toLiteral`. No other code puts client text into SQL, except `pastSetup`, which inserts a normalized time.
 * @param values for the placeholders, by name.
 * @throws Error for a value that is an object or undefined, and for a placeholder without a value.
 */
export function inlineValues(statement: SQL, values: Record<string, unknown>): string {
  const getValue = ({ name }: Placeholder): unknown => {
    if (!(name in values)) throw new Error(`the placeholder ${name} has no value`)
    return values[name]
  }
  const dialect = new PgDialect()
  // drizzle passes the value as the second argument; the default implementation uses only the number.
  dialect.escapeParam = (_number: number, value?: unknown) =>
    toLiteral(is(value, Placeholder) ? getValue(value) : value)
  return dialect.sqlToQuery(statement).sql
}
