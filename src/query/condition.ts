import type { Operator } from '../model/filters.ts'

/** A filter, an operator, and the value that it is compared with: a list for operators that take many. */
export interface Comparing {
  filter: string
  operator: Operator
  value: unknown
}

/** How many elements of a list a condition must hold for; `every` also holds for an empty list. */
export type Quantifier = 'some' | 'none' | 'every'

/** A boolean tree of comparisons: what lists and searches alike come down to. */
export type Condition =
  | { kind: 'all'; of: Condition[] }
  | { kind: 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  /** Comparisons that all hold; some filters narrow others beside them. */
  | { kind: 'fields'; comparisons: Comparing[] }
  /** A condition that holds for one and the same element of a list. */
  | { kind: 'elements'; collection: string; quantifier: Quantifier; of: Condition }

/** The conditions directly inside one. */
export function inside(condition: Condition): Condition[] {
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

/** The values of a condition's comparisons, in the order in which its SQL has its parameters. */
export function valuesIn(condition: Condition): unknown[] {
  return condition.kind === 'fields'
    ? condition.comparisons.map(({ value }) => value)
    : inside(condition).flatMap(valuesIn)
}

/** All that the SQL of a condition depends on, and none of its values. */
export const shapeOf = (condition: Condition): string =>
  JSON.stringify(condition, (key, value) => (key === 'value' ? undefined : value))
