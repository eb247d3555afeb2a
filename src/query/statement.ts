import { createHash } from 'node:crypto'
import { fillPlaceholders, type SQL } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { QueryConfig } from 'pg'
import { dialect } from '../database/dialect.ts'

/** SQL text with its parameters, and the name of its prepared statement. */
interface Statement {
  name: string
  text: string
  parameters: unknown[]
}

/** Statements by query shape: equal filters, sorts and includes give the same text with other parameters. */
const compiled = new LRUCache<string, Statement>({ max: 1000 })

function compile(shape: string, build: () => SQL): Statement {
  const known = compiled.get(shape)
  if (known) return known
  const { sql: text, params: parameters } = dialect.sqlToQuery(build())
  const name = createHash('sha1').update(text).digest('base64url')
  const statement = { name, text, parameters }
  compiled.set(shape, statement)
  return statement
}

/**
 * Returns a named prepared statement with its values.
 * @param shape a key of the SQL text: everything that it depends on, without the values.
 * @param build makes the SQL, with `sql.placeholder(name)` where values go; called when the shape is new.
 * @param values for the placeholders, by name.
 */
export function statement(shape: string, build: () => SQL, values: Record<string, unknown>): QueryConfig {
  const { name, text, parameters } = compile(shape, build)
  return { name, text, values: fillPlaceholders(parameters, values) }
}
