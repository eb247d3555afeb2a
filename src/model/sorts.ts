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

/** Names and titles. */
export const byText = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...textOrder(column),
})

/** Codes and words. */
export const byCode = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...codeOrder(column),
})

/** A reference to a record, by its key. */
export const byReference = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...referenceOrder(column),
})

/** An EDTF date, by its earliest possible day. */
export const byDate = (table: PgTable, property: string, description: string): SortKey => ({
  description,
  ...dayOrder(columnOf(table, `${property}Earliest`)),
})

/** A number. */
export const byNumber = (column: AnyPgColumn, description: string): SortKey => ({
  description,
  ...numberOrder(column),
})

/** A column that is never null, of one of these types. */
export const byColumn = (
  column: AnyPgColumn,
  type: 'timestamptz' | 'uuid' | 'text',
  description: string,
): SortKey => ({ description, ...plainOrder(column, type) })
