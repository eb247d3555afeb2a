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

/**
 * Returns the parameter `sort`.
 * @param keys the known sort keys, each of which may have `-` in front.
 * @param advice what to do about an unknown key if none is similar; when left out, the error lists the keys.
 */
export function sortParameter(keys: readonly string[], description: string, advice?: string): Parameter {
  const words = keys.flatMap((key) => [key, `-${key}`])
  const explainUnknown = (word: string) =>
    advice === undefined ? didYouMean(word, words, keys) : didYouMean(word, words, []) || `: ${advice}`
  const error = ({ input }: { input?: unknown }) =>
    isDirection(input)
      ? `${formatValue(input)} is not a sort key: write "-" before a key for descending order, and nothing for ascending`
      : `${formatValue(input)} is not known${explainUnknown(fromOtherNotation(String(input)))}`
  return {
    ...multiValueParameter(z.enum(words, { error }), description),
    otherNames: ['order', 'orderby', 'ordering', 'sortby', 'sortorder', 'direction'],
  }
}

/** Parses a value of the parameter `sort`. */
export const parseSortWord = (word: string): DirectedKey =>
  word.startsWith('-') ? { key: word.slice(1), direction: 'desc' } : { key: word, direction: 'asc' }
