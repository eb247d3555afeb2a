import { quote } from '../../../problems/faults.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import { type Scope, textOf, valuesAt } from './path.ts'
import type { Condition, Conditions } from './value-schema.ts'
import { BadValue, type Scalar } from './values/bad.ts'
import { compileDate } from './values/date.ts'
import { compileNumber } from './values/number.ts'

/**
 * Returns a text about the first condition that is not met; undefined if all are. If a value cannot be compared with a bound and
 * no other condition is unmet, also reports the value to `conversion`, so that the row is refused.
 */
export type FindUnmet = (scope: Scope, conversion: Conversion) => string | undefined

/** A condition that is not met, or cannot be decided because of a value. */
interface Unmet {
  column: string
  texts: readonly string[]
  undecided?: Incomparable
}

/** Compiles conditions on columns, all of which must be met. */
export function compileConditions(conditions: Conditions | undefined, context: CompileContext): FindUnmet {
  const tests = listConditions(conditions).map(([column, condition]) => {
    const path = context.compilePath(column)
    const isMet = compileTest(condition, context.mapping.language)
    return (scope: Scope): Unmet | undefined => {
      const texts = path ? valuesAt(path, scope).map((value) => textOf(value) ?? '') : []
      const result = isMet(texts.filter((text) => text !== '' && !context.empty.has(text)))
      if (result === true) return undefined
      return { column, texts, ...(result !== false && { undecided: result }) }
    }
  })
  return (scope, conversion) => {
    const unmet = tests.flatMap((test) => test(scope) ?? [])
    const [first] = unmet
    if (!first) return undefined
    const { column, texts, undecided } = unmet.find((one) => !one.undecided) ?? first
    if (undecided) conversion.reportBadValue('refuse', column, undecided.text, undecided.fault)
    return `${column} is ${texts.length > 0 ? JSON.stringify(texts.join('; ').slice(0, 100)) : 'empty'}`
  }
}

function listConditions(conditions: Conditions | undefined): [column: string, condition: Condition][] {
  if (typeof conditions === 'string') return [[conditions, { empty: false }]]
  if (Array.isArray(conditions)) return conditions.map((column) => [column, { empty: false }])
  return Object.entries(conditions ?? {})
}

type Test<Value> = (value: Value) => boolean | Incomparable

function compileTest(condition: Condition, language: string | undefined): Test<readonly string[]> {
  if (Array.isArray(condition) || typeof condition !== 'object') return isAnyOf(condition)
  const { not, empty, atLeast, atMost } = condition
  const isExcluded = not === undefined ? undefined : isAnyOf(not)
  const isInRange = compileRange(atLeast, atMost, language)
  return (texts) => {
    if (isExcluded?.(texts)) return false
    if (empty !== undefined && (texts.length === 0) !== empty) return false
    if (atLeast === undefined && atMost === undefined) return true
    const results = texts.map(isInRange)
    return results.includes(true) || (results.find((result) => typeof result === 'object') ?? false)
  }
}

function isAnyOf(wanted: Scalar | Scalar[]): (texts: readonly string[]) => boolean {
  const words = new Set([wanted].flat().map((word) => String(word).trim()))
  return (texts) => texts.some((text) => words.has(text)) || (texts.length === 0 && words.has(''))
}

/** A value that cannot be compared with a bound. */
interface Incomparable {
  text: string
  fault: BadValue
}

/** Compiles the test whether one value meets both bounds. */
function compileRange(
  atLeast: Scalar | undefined,
  atMost: Scalar | undefined,
  language: string | undefined,
): Test<string> {
  const compile = (bound: Scalar | undefined, isMet: (difference: number) => boolean): Test<string> => {
    if (bound === undefined) return () => true
    const compare = compileBound(String(bound).trim(), language)
    return (text) => {
      const difference = compare(text)
      if (difference !== undefined) return isMet(difference)
      const detail = `${quote(text)} cannot be compared with ${bound} in a condition. If it means that there is no value, list it in "empty" of the mapping.`
      return { text, fault: new BadValue(detail) }
    }
  }
  const tests = [
    compile(atLeast, (difference) => difference >= 0),
    compile(atMost, (difference) => difference <= 0),
  ]
  return (text) => tests.map((test) => test(text)).find((result) => result !== true) ?? true
}

/** A date in EDTF that is not a range or season; its marks and its time are ignored. */
const singleDate = /^\d{4}(?:-(?:0\d|1[0-2])(?:-\d\d)?)?(?=$|[T?~%])/

/** A date whose day and month may be in either order. Its year is certain. */
const dayMonthYear = /^\d{1,2}([./-])\d{1,2}\1(?<year>\d{4})$/

/**
 * Compiles the comparison of texts with a bound. A number is compared with numbers and, if it may be a year, with the years of
 * dates. A date is compared with dates, in its precision, and any other bound with texts.
 * @returns a function that returns a negative number if the text is below the bound, and undefined if they cannot be compared.
 */
function compileBound(bound: string, language: string | undefined): (text: string) => number | undefined {
  const readNumber = compileNumber()
  const readDate = compileDate([], language)
  const dateOf = (text: string) => singleDate.exec(String(readDate?.(text)))?.[0]
  const limit = Number(bound)
  if (bound !== '' && !Number.isNaN(limit)) {
    const isYear = /^\d{4}$/.test(bound)
    return (text) => {
      const number = readNumber(text)
      if (typeof number === 'number') return number - limit
      const year = isYear ? (dateOf(text) ?? dayMonthYear.exec(text)?.groups?.year) : undefined
      return year === undefined ? undefined : Number(year.slice(0, 4)) - limit
    }
  }
  if (!/^\d{4}-\d\d(-\d\d)?$/.test(bound)) return (text) => compareTexts(text, bound)
  return (text) => {
    const date = dateOf(text)
    return date === undefined ? undefined : compareTexts(date.slice(0, bound.length), bound)
  }
}

const compareTexts = (text: string, bound: string) => (text < bound ? -1 : text > bound ? 1 : 0)
