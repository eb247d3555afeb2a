import type { Operator } from '../model/filters.ts'

/** A comparison: a filter, an operator, and its operand, which is a list for operators that take many. */
export interface FilterComparison {
  filter: string
  operator: Operator
  value: unknown
}

/** The elements of a list that must match. `every` also holds for an empty list. */
export type Quantifier = 'some' | 'none' | 'every'

/** A boolean expression of comparisons. Lists and searches both become one. */
export type Condition =
  | { kind: 'all'; of: Condition[] }
  | { kind: 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  /** Comparisons that must all hold. Some filters narrow the others of the same list, as `role` does. */
  | { kind: 'fields'; comparisons: FilterComparison[] }
  /** A condition that is tested on each element of a list. */
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

/** Returns a key of the SQL text of a condition: everything but the values. */
export const conditionShape = (condition: Condition): string =>
  JSON.stringify(condition, (key, value) => (key === 'value' ? undefined : value))
