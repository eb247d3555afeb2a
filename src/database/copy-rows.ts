import { pipeline } from 'node:stream/promises'
import { getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { columnOf } from './columns.ts'
import { filledProperties, type Row } from './rows.ts'

/** Returns the PostgreSQL literal of an array of texts. */
const arrayLiteral = (list: unknown[]) =>
  `{${list.map((item) => `"${String(item).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`

/** Converts a value to text that PostgreSQL parses as the column's type. A string for a JSON column is JSON text. */
function toText(value: unknown, isJson: boolean): string {
  if (isJson) return typeof value === 'string' ? value : JSON.stringify(value)
  return Array.isArray(value) ? arrayLiteral(value) : String(value)
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Converts a value to a field of COPY's text format. */
function toCell(value: unknown, isJson: boolean): string {
  if (value === null || value === undefined) return '\\N'
  return toText(value, isJson).replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? '')
}

/**
 * Writes rows into a table with COPY.
 * @throws PostgreSQL's error.
 */
export async function copyRows(client: pg.ClientBase, table: PgTable, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const columns = filledProperties(table, rows).map((property) => {
    const column = columnOf(table, property)
    return { property, name: column.name, isJson: ['json', 'jsonb'].includes(column.getSQLType()) }
  })
  const lines = rows.map((row) =>
    columns.map(({ property, isJson }) => toCell(row[property], isJson)).join('\t'),
  )
  const names = columns.map(({ name }) => pg.escapeIdentifier(name))
  const target = `${pg.escapeIdentifier(getTableName(table))} (${names.join(', ')})`
  await pipeline([`${lines.join('\n')}\n`], client.query(copyFrom(`copy ${target} from stdin`)))
}
