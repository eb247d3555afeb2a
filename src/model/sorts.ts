import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
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
import { formatValue } from '../problems/faults.ts'
import { didYouMean } from '../problems/suggest.ts'
import { multiValueParameter, type Parameter } from './parameters.ts'

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

/** One term of an order, as the parameter `sort` has it. */
export interface DirectedKey {
  key: string
  direction: 'asc' | 'desc'
}

/** Converts the notations of other services: `signedOn desc`, `signedOn:desc` and `signedOn.desc` become `-signedOn`. */
function fromOtherNotation(word: string): string {
  const [, key, direction] = /^(.+)[ :.](asc|desc)$/i.exec(word) ?? []
  if (key === undefined) return word
  return direction?.toLowerCase() === 'desc' ? `-${key}` : key
}

/** Returns the parameter `sort`. @param keys the known sort keys, each of which may have `-` in front. */
export function sortParameter(keys: readonly string[], description: string): Parameter {
  const words = keys.flatMap((key) => [key, `-${key}`])
  const error = ({ input }: { input?: unknown }) =>
    `${formatValue(input)} is not known${didYouMean(fromOtherNotation(String(input)), words, keys)}`
  return {
    ...multiValueParameter(z.enum(words, { error }), description),
    otherNames: ['order', 'orderby', 'ordering', 'sortby', 'sortorder', 'direction'],
  }
}

/** Parses a value of the parameter `sort`. */
export const parseSortWord = (word: string): DirectedKey =>
  word.startsWith('-') ? { key: word.slice(1), direction: 'desc' } : { key: word, direction: 'asc' }
