import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { columnIn } from '../database/columns.ts'
import { nameLines } from '../database/folding.ts'
import type { ResourceDefinition } from './resource.ts'

/** SQL of all names of a record, one per line; undefined if the title is the only name. */
export function nameLinesOf(
  columns: Record<string, PgColumn>,
  search: ResourceDefinition['search'],
): SQL | undefined {
  if (!search.hasAliases) return undefined
  const other = search.otherName === undefined ? sql`null` : columnIn(columns, search.otherName)
  return nameLines(columnIn(columns, search.title), other, columnIn(columns, 'aliases'))
}
