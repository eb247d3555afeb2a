import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify/sync'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { propertiesOf, type Row } from '../../database/rows.ts'

/** A list in PostgreSQL's syntax for arrays of text. */
const arrayLiteral = (list: unknown[]) =>
  `{${list.map((item) => `"${String(item).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`

/**
 * Writes rows into a table by COPY, in CSV, where an empty cell is null.
 * @throws what PostgreSQL refuses.
 */
export async function copyRows(client: pg.ClientBase, table: PgTable, rows: Row[]): Promise<void> {
  const properties = propertiesOf(table, rows)
  const columns = getTableColumns(table)
  const names = properties.map((property) => pg.escapeIdentifier(columns[property]?.name ?? property))
  const target = `${pg.escapeIdentifier(getTableName(table))} (${names.join(', ')})`
  const cells = stringify(
    rows.map((row) => properties.map((property) => row[property] ?? null)),
    { cast: { object: (value) => (Array.isArray(value) ? arrayLiteral(value) : '') } },
  )
  await pipeline([cells], client.query(copyFrom(`copy ${target} from stdin (format csv)`)))
}
