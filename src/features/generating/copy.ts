import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify/sync'
import { getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { columnOf } from '../../database/columns.ts'
import { filledProperties, type Row } from '../../database/rows.ts'

/** A list as PostgreSQL reads arrays of texts. */
const arrayLiteral = (list: unknown[]) =>
  `{${list.map((item) => `"${String(item).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`

/** A value as a cell of the type of its column. */
function cellOf(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null
  if (type === 'json' || type === 'jsonb') return typeof value === 'string' ? value : JSON.stringify(value)
  return Array.isArray(value) ? arrayLiteral(value) : value
}

/**
 * Writes rows into a table by COPY, in CSV, where an empty cell is null.
 * @throws what PostgreSQL refuses.
 */
export async function copyRows(client: pg.ClientBase, table: PgTable, rows: Row[]): Promise<void> {
  if (rows.length === 0) return
  const properties = filledProperties(table, rows)
  const columns = properties.map((property) => columnOf(table, property))
  const names = columns.map(({ name }) => pg.escapeIdentifier(name))
  const types = columns.map((column) => column.getSQLType())
  const cells = stringify(
    rows.map((row) => properties.map((property, at) => cellOf(row[property], types[at] ?? ''))),
  )
  const target = `${pg.escapeIdentifier(getTableName(table))} (${names.join(', ')})`
  await pipeline([cells], client.query(copyFrom(`copy ${target} from stdin (format csv)`)))
}
