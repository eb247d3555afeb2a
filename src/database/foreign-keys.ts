import { is } from 'drizzle-orm'
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core'
import * as tables from './tables/index.ts'

/** All tables of the registry. */
export const allTables: readonly PgTable[] = Object.values(tables).flatMap((value) =>
  is(value, PgTable) ? [value] : [],
)

/** A reference of a table's rows to those of another. */
export interface ForeignKey {
  columns: PgColumn[]
  foreignTable: PgTable
  foreignColumns: PgColumn[]
  /** Whether rows go together with the one that they refer to, or stand in the way of its removal. */
  onDelete: 'cascade' | 'restrict'
}

const known = new WeakMap<PgTable, ForeignKey[]>()

/** The foreign keys of a table, which drizzle would make anew each time. */
export function foreignKeysOf(table: PgTable): ForeignKey[] {
  const found =
    known.get(table) ??
    getTableConfig(table).foreignKeys.map(
      (foreignKey): ForeignKey => ({
        ...foreignKey.reference(),
        onDelete: foreignKey.onDelete === 'cascade' ? 'cascade' : 'restrict',
      }),
    )
  known.set(table, found)
  return found
}
