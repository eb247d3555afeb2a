import { z } from 'zod'
import type { Ordering } from '../database/ordering.ts'
import { formatValue } from '../problems/faults.ts'
import { didYouMean } from '../problems/suggest.ts'
import { multiValueParameter, type Parameter } from './parameters.ts'

/** A sort key of lists. */
export interface SortKey extends Ordering {
  description: string
}

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

/** Whether a value is the direction of the key before it in the notation of other services: `signedOn,desc`. */
const isDirection = (value: unknown): boolean =>
  typeof value === 'string' && /^\s*(asc|desc)(ending)?$/i.test(value)

const listSortWords = (keys: readonly string[]): string[] => keys.flatMap((key) => [key, `-${key}`])

/**
 * Returns the message about an unknown value of the parameter `sort`.
 * @param keys the known sort keys.
 * @param listed the keys to list if none is similar.
 */
export const unknownSortWord = (word: unknown, keys: readonly string[], listed = keys): string =>
  isDirection(word)
    ? `${formatValue(word)} is not a sort key: write "-" before a key for descending order, and nothing for ascending`
    : `${formatValue(word)} is not known${didYouMean(fromOtherNotation(String(word)), listSortWords(keys), listed)}`

/** Returns the parameter `sort`. @param keys the known sort keys, each of which may have `-` in front. */
export function sortParameter(keys: readonly string[], description: string): Parameter {
  const error = ({ input }: { input?: unknown }) => unknownSortWord(input, keys)
  return {
    ...multiValueParameter(z.enum(listSortWords(keys), { error }), description),
    otherNames: ['order', 'orderby', 'ordering', 'sortby', 'sortorder', 'direction'],
  }
}

/** Parses a value of the parameter `sort`. */
export const parseSortWord = (word: string): DirectedKey =>
  word.startsWith('-') ? { key: word.slice(1), direction: 'desc' } : { key: word, direction: 'asc' }
