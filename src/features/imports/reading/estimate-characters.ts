import type { JsonValue } from '../types.ts'

/**
 * Estimates the number of characters of a value. A number, a boolean or null counts as 8.
 * @param withNames whether the names of properties count. They do not for a table, whose rows share the names of its columns.
 */
export function estimateCharacters(value: JsonValue | undefined, withNames = false): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let sum = 0
  for (const [name, item] of Object.entries(value))
    sum += estimateCharacters(item, withNames) + (withNames ? name.length : 0)
  return sum
}
