import { edtf, line } from '../../../model/schemas.ts'
import { isList } from '../reading/clean.ts'
import { shortenText } from '../shorten.ts'
import type { JsonValue, Scalar } from '../types.ts'
import { compileCodes, isFileReference, wildcard } from './codes.ts'
import { compileConditions } from './condition.ts'
import type { CompileContext } from './context.ts'
import { Conversion } from './conversion.ts'
import { compileReference } from './mention.ts'
import { type Scope, toText } from './path.ts'
import { RowLimits } from './row-limits.ts'
import { compileSource } from './source.ts'
import { getTarget, type Target } from './target.ts'
import { findFaults, type ValueOrigin } from './validity.ts'
import type { ValueMapping, ValueSteps } from './value-schema.ts'
import { BadValue } from './values/bad-value.ts'
import { compileDate, maxDateLength } from './values/date.ts'
import { formatHelp } from './values/date-format.ts'
import { compileNumber, multiply, readNumberFormat, roundNumber } from './values/number.ts'
import { compileTextSteps } from './values/text.ts'
import { compileTyped, describeUnknownWord } from './values/typed.ts'

/** A compiled value of a mapping. With conditions (`when`), a row may lack even a constant. */
export interface ValuePlan extends ValueOrigin {
  /** Returns the values in a row, and reports to `conversion` the values that cannot be used. */
  evaluate(scope: Scope, conversion: Conversion): JsonValue[]
}

type Step = (value: Scalar, conversion: Conversion, column: string) => Scalar | null | BadValue

/** Returns the steps of a value. A text is a short form of steps: `=treaty` is a constant, any other text a path. */
export const toSteps = (mapping: ValueMapping): ValueSteps =>
  typeof mapping !== 'string'
    ? mapping
    : mapping.startsWith('=')
      ? { value: mapping.slice(1).trim() }
      : { from: mapping }

/**
 * Compiles a value.
 * @param target the property that gets the value; undefined where any value is allowed, such as for the values of `each`.
 */
export function compileValue(
  mapping: ValueMapping,
  target: Target | undefined,
  context: CompileContext,
): ValuePlan {
  const steps = toSteps(mapping)
  // Texts that mean that there is no value, for the mapping or for this value.
  const empty = new Set([...context.empty, ...(steps.empty ?? []).map((text) => text.trim())])
  const source = compileSource(steps, empty, context)
  const onBadValue = steps.onBadValue ?? context.onBadValue
  const findUnmet = compileConditions(steps, context)
  const convert = compileSteps(steps, source.isConstant, empty, target, context)
  const makeReference =
    target?.kind === 'reference' ? compileReferenceStep(steps, target.resource, context) : undefined
  const { default: fallback, take, join } = steps
  if (take !== undefined && join !== undefined)
    context.at('join').addFault('cannot be combined with take, which leaves only one value to join')
  const plan: ValuePlan = {
    column: source.column,
    isConstant: source.isConstant,
    onBadValue,
    evaluate(scope, conversion) {
      const found = findUnmet(scope) === undefined ? source.read(scope, conversion, onBadValue) : []
      const converted = convertFirst(found, take, conversion, (value) => convert(value, conversion, plan))
      const all = converted.length === 0 && fallback !== undefined ? [fallback] : converted
      const values = combine(all, steps, conversion, plan)
      return makeReference
        ? values.flatMap((value) => makeReference(value, scope, conversion, plan) ?? [])
        : values
    },
  }
  if (target?.kind === 'enumeration' && typeof steps.value === 'string' && !steps.codes) {
    // A constant of an enumeration is invalid in every row or in none.
    const conversion = new Conversion()
    convert(steps.value, conversion, { ...plan, onBadValue: 'refuse' })
    for (const { detail } of conversion.faults) context.addFault(detail)
  }
  if (target?.kind === 'enumeration') checkCodeValues(steps.codes, target, context.at('codes'))
  // The default of a reference is a name, and `join` makes a text of any default.
  if (target && target.kind !== 'reference' && fallback !== undefined && join === undefined)
    for (const message of findFaults(fallback, target)) context.at('default').addFault(message)
  return plan
}

/** Adds a fault for each value of `codes` in the mapping that the enumeration lacks: it is invalid in every row. */
function checkCodeValues(
  codes: ValueSteps['codes'],
  target: Target & { kind: 'enumeration' },
  context: CompileContext,
): void {
  if (typeof codes !== 'object' || isFileReference(codes)) return
  const change = compileTyped(target, true)
  const limits = new RowLimits()
  for (const [code, word] of Object.entries(codes)) {
    if (word === undefined || word === null || word === wildcard) continue
    if (change(word, () => undefined, limits) instanceof BadValue)
      context.at(code).addFault(describeUnknownWord(String(word), target.words))
  }
}

/**
 * Converts the values of the first column that has values. With `take: first`, if all values of a column are dropped, those of
 * the next column are converted, except values that an earlier column also had.
 */
function convertFirst(
  columns: readonly JsonValue[][],
  take: ValueSteps['take'],
  { dropped }: Conversion,
  convert: (value: JsonValue) => JsonValue[],
): JsonValue[] {
  const tried = new Set<JsonValue>()
  for (const values of columns) {
    const droppedBefore = dropped.length
    const untried = tried.size === 0 ? values : values.filter((value) => !tried.has(value))
    const converted = untried.flatMap(convert)
    const isDropped = dropped.length > droppedBefore || untried.length === 0
    if (take !== 'first' || converted.length > 0 || !isDropped) return converted
    for (const value of values) tried.add(value)
  }
  return []
}

/** Takes one of several values, or joins them into one text, if the steps say so. */
function combine(
  values: JsonValue[],
  { take, join }: ValueSteps,
  conversion: Conversion,
  plan: ValuePlan,
): JsonValue[] {
  if (join !== undefined && values.length > 0) return conversion.joinTexts(values.map(String), join, plan)
  return take === undefined ? values : take === 'first' ? values.slice(0, 1) : values.slice(-1)
}

const dateTarget = getTarget(edtf('When.'))
const textTarget = getTarget(line())

function compileReferenceStep(steps: ValueSteps, resource: string, context: CompileContext) {
  const { country, on, onBadValue = context.onBadValue } = steps
  const compilePart = (mapping: ValueMapping | undefined, target: Target, name: string) =>
    mapping === undefined
      ? undefined
      : compileValue({ onBadValue, ...toSteps(mapping) }, target, context.at(name))
  return compileReference(steps, resource, context, {
    country: compilePart(country, textTarget, 'country'),
    on: compilePart(on, dateTarget, 'on'),
  })
}

type Convert = (value: JsonValue, conversion: Conversion, plan: ValuePlan) => JsonValue[]

/** Compiles the steps of a value: texts are split and edited, codes translated, and values converted for the target. */
function compileSteps(
  steps: ValueSteps,
  isConstant: boolean,
  empty: ReadonlySet<string>,
  target: Target | undefined,
  context: CompileContext,
): Convert {
  const text = compileTextSteps(steps, empty)
  const list: Step[] = []
  const toNumber =
    steps.number !== undefined ||
    steps.times !== undefined ||
    steps.round !== undefined ||
    target?.kind === 'number'
  if (steps.codes !== undefined) {
    const translate = compileCodes(steps.codes, context.at('codes'), toNumber)
    list.push((value, { limits }) => {
      const text = String(value).trim()
      const word = translate(text, limits)
      return typeof value === 'number' && word === text ? value : word
    })
  }
  if (steps.date !== undefined || target?.kind === 'date') list.push(compileDateStep(steps, context))
  if (toNumber) list.push(compileNumberStep(steps, context))
  if (target) list.push(compileTypedStep(target, isConstant))
  if (steps.max !== undefined) list.push(compileMax(steps.max))
  return (value, conversion, plan) => {
    // The values of `each` may be objects, which are not converted.
    if (!target && !text && list.length === 0) return isList(value) ? [...value] : [value]
    const scalar = toScalar(value, conversion.limits)
    const parts = scalar instanceof BadValue || !text ? [scalar] : text(scalar, conversion.limits)
    return parts.flatMap((part) => {
      const edited = typeof scalar === 'number' ? restoreNumber(part) : part
      return runSteps(list, edited, value, conversion, plan)
    })
  }
}

/**
 * Turns a text that the text steps made of a number back into a number, such as `1.5` into 1.5. Returns any other part unchanged. The
 * point of such a text is a decimal point, whatever notation the mapping states for texts.
 */
const restoreNumber = (part: Scalar | BadValue): Scalar | BadValue =>
  typeof part === 'string' && String(Number(part)) === part ? Number(part) : part

function runSteps(
  list: readonly Step[],
  part: Scalar | BadValue,
  value: JsonValue,
  conversion: Conversion,
  { onBadValue, column }: ValuePlan,
): JsonValue[] {
  let result: Scalar | null | BadValue = part
  conversion.limits.addOperations(list.length)
  if (typeof part === 'string') conversion.limits.addText(part)
  for (const step of list) {
    if (result === null || result instanceof BadValue) break
    result = step(result, conversion, column)
  }
  if (result instanceof BadValue) {
    conversion.reportBadValue(onBadValue, column, value, result)
    return []
  }
  return result === null || result === '' ? [] : [result]
}

function toScalar(value: JsonValue, limits: RowLimits): Scalar | BadValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  const text = toText(value)
  if (text !== undefined) return text
  const all = Object.keys(value ?? {})
  limits.addOperations(all.length)
  const names = all.slice(0, 10)
  return new BadValue(
    names.length === 0
      ? 'The value is an empty object and not a text.'
      : `The value is an object and not a text. Name one of its properties: ${names.join(', ')}.`,
  )
}

function compileTypedStep(target: Target, isConstant: boolean): Step {
  const change = compileTyped(target, isConstant)
  return (value, conversion, column) =>
    change(value, (detail) => conversion.reportDroppedPart(column, value, detail), conversion.limits)
}

function compileDateStep(steps: ValueSteps, context: CompileContext): Step {
  // Of several columns, the first decides which date system counts, since they are nearly always in one file.
  const [path = '.'] = [steps.from ?? steps.all ?? []].flat()
  const dateSystem = context.dateSystemAt(path)
  const formats = [steps.date ?? []].flat()
  const read = compileDate(formats, context.mapping.language, dateSystem)
  if (read)
    return (value, { limits }, column) => {
      // Each format is tried. The time to see that a text does not match may grow with the square of its length.
      const { length } = String(value)
      limits.addOperations(
        (1 + formats.length) * (1 + Math.floor(Math.min(length, maxDateLength) ** 2 / 200)),
      )
      const date = read(value)
      if (typeof date === 'string')
        context.dateNotations.add(column, String(value), { date, hasFormat: formats.length > 0 })
      return date
    }
  context.at('date').addFault(`is not a date format: write ${formatHelp}`)
  return () => null
}

function compileNumberStep({ number, times, round }: ValueSteps, context: CompileContext): Step {
  const format = readNumberFormat(number)
  if (number !== undefined && !format) {
    context
      .at('number')
      .addFault('must be an example of a number: "1,234.5", "1.234,5", "1 234,5" or "1234.5"')
  }
  const read = compileNumber(format, { times, round })
  return (value, { currency }, column) => {
    const found = read(value, currency)
    if (found instanceof BadValue) return found
    if (number === undefined && typeof value === 'string') context.numberNotations.add(column, value)
    const multiplied = times === undefined ? found : multiply(found, times, value)
    return round === undefined || multiplied instanceof BadValue ? multiplied : roundNumber(multiplied, round)
  }
}

const compileMax =
  (max: number): Step =>
  (value, conversion, column) => {
    if (typeof value !== 'string' || value.length <= max) return value
    conversion.reportDroppedPart(
      column,
      value,
      `The text has ${value.length} characters and is shortened to ${max}.`,
    )
    return shortenText(value, max)
  }
