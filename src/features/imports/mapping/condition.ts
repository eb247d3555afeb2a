import type { JsonValue, Scalar } from '../types.ts'
import type { CompileContext } from './context.ts'
import { type Scope, toText, valuesAt } from './path.ts'
import type { RowLimits } from './row-limits.ts'
import type { Condition, Conditions } from './value-schema.ts'

/** Returns a text about the first condition that is not met; undefined if all are. */
export type FindUnmet = (scope: Scope) => string | undefined

/** Compiles `when` of a part of a mapping: conditions on columns, all of which must be met. */
export function compileConditions(
  { when }: { when?: Conditions | undefined },
  outer: CompileContext,
): FindUnmet {
  const context = outer.at('when')
  const tests = listConditions(when).map(([column, condition]): FindUnmet => {
    const path = context.compilePath(column)
    const isMet = compileTest(condition)
    return (scope) => {
      scope.limits.addOperations(1)
      const values = path ? valuesAt(path, scope) : []
      const texts = values.flatMap((value) => toText(value) || [])
      for (const text of texts) scope.limits.addText(text)
      const found = texts.filter((text) => !context.empty.has(text))
      const isEmpty = found.length === 0 && !values.some((value) => hasParts(value, scope.limits))
      if (isMet(found, isEmpty)) return undefined
      if (texts.length > 0) return `${column} is ${JSON.stringify(texts.join('; ').slice(0, 100))}`
      return `${column} is ${isEmpty ? 'empty' : 'an object'}`
    }
  })
  return (scope) => {
    for (const findUnmet of tests) {
      const unmet = findUnmet(scope)
      if (unmet !== undefined) return unmet
    }
    return undefined
  }
}

/**
 * Whether a value is an object that has parts besides attributes of XML, but no text, such as a row of a joined file. It is a value,
 * although no text can be compared with it. An element with only attributes is empty, such as `<end xsi:nil="true"/>`.
 */
function hasParts(value: JsonValue, limits: RowLimits): boolean {
  if (typeof value !== 'object' || toText(value) !== undefined) return false
  for (const name in value) {
    limits.addOperations(1)
    if (!name.startsWith('@')) return true
  }
  return false
}

function listConditions(conditions: Conditions | undefined): [column: string, condition: Condition][] {
  if (typeof conditions === 'string') return [[conditions, { empty: false }]]
  if (Array.isArray(conditions)) return conditions.map((column) => [column, { empty: false }])
  return Object.entries(conditions ?? {})
}

/** Tests the texts of a column, which may have none although it has values. */
type Test = (texts: readonly string[], isEmpty: boolean) => boolean

function compileTest(condition: Condition): Test {
  if (Array.isArray(condition) || typeof condition !== 'object') return compileAnyOf(condition)
  const { not, empty, atLeast, atMost } = condition
  const isExcluded = not === undefined ? undefined : compileAnyOf(not)
  const isInRange = (text: string) =>
    (atLeast === undefined || compare(text, atLeast) >= 0) &&
    (atMost === undefined || compare(text, atMost) <= 0)
  const hasBound = atLeast !== undefined || atMost !== undefined
  return (texts, isEmpty) =>
    (isExcluded === undefined || !isExcluded(texts, isEmpty)) &&
    (empty === undefined || isEmpty === empty) &&
    (!hasBound || texts.some(isInRange))
}

/** Compiles the condition that one of the texts is wanted. An empty wanted text means that there is no value. */
function compileAnyOf(wanted: Scalar | Scalar[]): Test {
  const words = new Set([wanted].flat().map((word) => String(word).trim()))
  return (texts, isEmpty) => texts.some((text) => words.has(text)) || (isEmpty && words.has(''))
}

/** A year or month in ISO 8601. */
const yearOrMonth = /^\d{4}(-\d\d)?$/

/**
 * Compares as numbers if both are numbers, otherwise as texts, which also orders dates in ISO 8601. A date equals a bound that
 * is its month or year.
 */
function compare(text: string, bound: Scalar): number {
  const [first, second] = [Number(text), Number(bound)]
  if (!Number.isNaN(first) && !Number.isNaN(second)) return first - second
  const limit = String(bound)
  if (yearOrMonth.test(limit) && text.startsWith(`${limit}-`)) return 0
  return text < limit ? -1 : text > limit ? 1 : 0
}
