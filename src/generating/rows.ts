import { getTableColumns } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/** A row by the properties of its table; what is left out is null or the column's default. */
export type Row = Record<string, unknown>

/** Rows by table, to be written table by table. */
export class Rows {
  readonly #tables: Map<PgTable, Row[]>

  /** @param first tables that others refer to, in the order in which they are written; the others follow. */
  constructor(first: readonly PgTable[]) {
    this.#tables = new Map(first.map((table) => [table, []]))
  }

  /** Adds a row to those of a table. */
  add(table: PgTable, row: Row): void {
    const rows = this.#tables.get(table)
    if (rows) rows.push(row)
    else this.#tables.set(table, [row])
  }

  /** Each table that has rows, with them. */
  entries(): [PgTable, Row[]][] {
    return [...this.#tables].filter(([, rows]) => rows.length > 0)
  }
}

/** The properties that rows of a table fill: those that any of them has, in the table's order. */
export function filledProperties(table: PgTable, rows: Row[]): string[] {
  const filled = new Set<string>()
  for (const row of rows) for (const property in row) filled.add(property)
  return Object.keys(getTableColumns(table)).filter((property) => filled.has(property))
}
