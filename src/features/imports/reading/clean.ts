import { formatCount } from '../../../format-count.ts'
import type { JsonValue } from '../types.ts'
import { readLimits } from './limits.ts'

/** Replaces what PostgreSQL cannot store in a text, NUL and unpaired surrogates, with U+FFFD. */
export const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

/** The error for a value that is nested too deeply, or contains too many values. */
export class TooLarge extends Error {}

/**
 * Copies a parsed JSON value with clean texts and names.
 * @throws TooLarge when the value exceeds `readLimits.depth` or `readLimits.rowValues`.
 */
export function cleanValue(value: JsonValue): JsonValue {
  let count = 0
  const copy = (part: JsonValue, depth: number): JsonValue => {
    count += 1
    if (count > readLimits.rowValues)
      throw new TooLarge(`has more than ${formatCount(readLimits.rowValues)} values`)
    if (typeof part === 'string') return cleanText(part)
    if (typeof part !== 'object' || part === null) return part
    if (depth >= readLimits.depth) throw new TooLarge(`is nested more than ${readLimits.depth} levels deep`)
    if (isList(part)) return part.map((item) => copy(item, depth + 1))
    // `fromEntries` makes `__proto__` a property like any other.
    return Object.fromEntries(
      Object.entries(part).map(([name, item]) => [cleanText(name), copy(item, depth + 1)]),
    )
  }
  return copy(value, 0)
}

/** Whether a value is a list. `Array.isArray` does not narrow the type of readonly lists. */
export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)
