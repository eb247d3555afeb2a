import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/** A column of a table by its property. @throws when the table has none of that name. */
export function columnOf(table: PgTable, property: string) {
  const column = getTableColumns(table)[property]
  if (!column) throw new Error(`no column for the property ${property}`)
  return column
}
