import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'
import {
  codeOrder,
  dayOrder,
  numberOrder,
  type Ordering,
  plainOrder,
  referenceOrder,
  textOrder,
} from '../database/ordering.ts'

/** A sort key of lists. */
export interface SortKey extends Ordering {
  description: string
}

/** Sorts by a name or title. */
export const byText = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...textOrder(column),
})

/** Sorts by a code or a value of an enumeration. */
export const byCode = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...codeOrder(column),
})

/** Sorts by a reference: by the key of the record to which it refers. */
export const byReference = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...referenceOrder(column),
})

/** Sorts by an EDTF date: its earliest possible day. */
export const byDate = (table: PgTable, property: string, description: string): SortKey => ({
  description,
  ...dayOrder(columnOf(table, `${property}Earliest`)),
})

/** Sorts by a number. */
export const byNumber = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...numberOrder(column),
})

/** Sorts by a column that is never null. */
export const byColumn = (
  column: AnyPgColumn,
  type: 'timestamptz' | 'uuid' | 'text',
  description: string,
): SortKey => ({ description, ...plainOrder(column, type) })
