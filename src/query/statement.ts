import { createHash } from 'node:crypto'
import { fillPlaceholders, type SQL, sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { literal } from '../database/columns.ts'
import { compileSql } from '../database/dialect.ts'
import type { Statement } from '../database/statement.ts'

/** SQL of the size in bytes after which no further document is added to a page. */
export const maxPageBytesSql: SQL = literal(16 * 1024 * 1024)

/**
 * SQL of rows with four more columns, which bound a page: `bytes` (the size of the row), `bytes_before` (the sum of `bytes` of the
 * rows before), `place` (1 for the first row) and `found` (the number of rows).
 * @param size SQL of the size of a row; that of its column `document` when left out.
 */
export const boundedRows = (rows: SQL, orderBy: SQL, size: SQL = sql`octet_length(document::text)`): SQL =>
  sql`(select *, row_number() over (${orderBy}) as place, sum(bytes) over (${orderBy}) - bytes as bytes_before,
      (count(*) over ())::int as found
    from (select *, ${size} as bytes from (${rows}) as one) as sized) as bounded`

/** Returns the SQL of a placeholder for the value `name` in the `values` of `statement`. */
export const placeholder = (name: string): SQL => sql`${sql.placeholder(name)}`

/** SQL text with its parameters, and the name of its prepared statement. */
interface CompiledStatement {
  name: string
  text: string
  parameters: unknown[]
}

const maxCompiledStatements = 1000

/** Maximum number of characters of all compiled statements with their cache keys: a search may have a statement of 300,000. */
const maxCompiledCharacters = 16 * 1024 * 1024

/** Statements by cache key: queries with the same filters, sorts and includes differ only in their values. */
const compiled = new LRUCache<string, CompiledStatement>({
  max: maxCompiledStatements,
  maxSize: maxCompiledCharacters,
  sizeCalculation: ({ text }, cacheKey) => text.length + cacheKey.length,
})

function compile(cacheKey: string, build: () => SQL): CompiledStatement {
  const known = compiled.get(cacheKey)
  if (known) return known
  const { text, values: parameters } = compileSql(build())
  const name = createHash('sha1').update(text).digest('base64url')
  const statement = { name, text, parameters }
  compiled.set(cacheKey, statement)
  return statement
}

/**
 * Returns a named prepared statement with its values.
 * @param cacheKey contains everything on which the SQL text depends; it contains no values.
 * @param build returns the SQL, with `placeholder(name)` for values. Called only for a new cache key.
 * @param values for the placeholders, by name.
 */
export function statement(cacheKey: string, build: () => SQL, values: Record<string, unknown>): Statement {
  const { name, text, parameters } = compile(cacheKey, build)
  return { name, text, values: fillPlaceholders(parameters, values) }
}
