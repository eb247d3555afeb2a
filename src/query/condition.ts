import { hasNonLatin } from '../model/characters.ts'
import type { Operator } from '../model/filters.ts'

/** A comparison of a filter with an operand. */
export interface FilterComparison {
  filter: string
  operator: Operator
  /** The operand; a list if the operator takes several values. */
  value: unknown
}

/** The words for how many elements of a list must match. */
export const quantifiers = ['some', 'none', 'every'] as const

/** How many elements of a list must match. `every` and `none` are also true for an empty list. */
export type Quantifier = (typeof quantifiers)[number]

/** A boolean expression of comparisons: the condition of a list or a search. */
export type Condition =
  | { kind: 'all'; of: Condition[] }
  /** `isOneList`: all parts come from one operator `in`, which counts as one comparison. */
  | { kind: 'any'; of: Condition[]; isOneList?: true }
  | { kind: 'not'; of: Condition }
  /** Comparisons that must all be true. Some filters, such as `role`, narrow other filters of the same condition. */
  | { kind: 'fields'; comparisons: FilterComparison[] }
  /** A condition on the elements of a list. */
  | { kind: 'elements'; collection: string; quantifier: Quantifier; of: Condition }

/** Returns the direct children of a condition. */
export function getParts(condition: Condition): Condition[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of
    case 'not':
    case 'elements':
      return [condition.of]
    case 'fields':
      return []
  }
}

/** Returns the values of all comparisons, in the order of the SQL's placeholders. */
export function listValues(condition: Condition): unknown[] {
  return condition.kind === 'fields'
    ? condition.comparisons.map(({ value }) => value)
    : getParts(condition).flatMap(listValues)
}

/** Counts the comparisons of a condition. A comparison with a list of values counts once. */
export function countComparisons(condition: Condition): number {
  if (condition.kind === 'fields') return condition.comparisons.length
  if (condition.kind === 'any' && condition.isOneList) return 1
  return getParts(condition).reduce((sum, part) => sum + countComparisons(part), 0)
}

/** Removes repeated parts from each `all` and `any` in a condition, since PostgreSQL would evaluate every repetition. */
export function withoutRepetitions(condition: Condition): Condition {
  if (condition.kind === 'fields') return condition
  if (condition.kind === 'not' || condition.kind === 'elements')
    return { ...condition, of: withoutRepetitions(condition.of) }
  const parts = condition.of.map(withoutRepetitions)
  return { ...condition, of: [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()] }
}

/** Returns a cache key for the SQL text of a condition. The key has no values, but shows which values `hasNonLatin` accepts. */
export const conditionShape = (condition: Condition): string =>
  JSON.stringify(condition, (key, value) => (key === 'value' ? hasNonLatin(value) || undefined : value))
