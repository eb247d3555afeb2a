import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { nameLines } from '../database/folding.ts'
import type { ResourceDefinition } from './resource.ts'

/** The column of a property. @throws when there is none. */
export const propertyOf = (columns: Record<string, PgColumn>, property: string): PgColumn => {
  const column = columns[property]
  if (!column) throw new Error(`no column for the property ${property}`)
  return column
}

/** SQL of all names of a record, one a line; undefined where the title is the only name. */
export function nameLinesOf(
  columns: Record<string, PgColumn>,
  search: ResourceDefinition['search'],
): SQL | undefined {
  if (!search.hasAliases) return undefined
  const other = search.otherName === undefined ? sql`null` : propertyOf(columns, search.otherName)
  return nameLines(propertyOf(columns, search.title), other, propertyOf(columns, 'aliases'))
}
