import type { JsonValue } from '../types.ts'

/** Estimates the number of characters of a value. */
export function estimateCharacters(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let sum = 0
  for (const item of Object.values(value)) sum += estimateCharacters(item)
  return sum
}
