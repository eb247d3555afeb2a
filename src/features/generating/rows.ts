import type { PgTable } from 'drizzle-orm/pg-core'
import type { Row } from '../../database/rows.ts'

/** Rows grouped by table, so that they are written table by table. */
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

  /** Tables that have rows, with their rows. */
  entries(): [PgTable, Row[]][] {
    return [...this.#tables].filter(([, rows]) => rows.length > 0)
  }
}
