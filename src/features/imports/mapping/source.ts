import type { JsonValue, OnBadValue, Scalar } from '../types.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import { type Path, type Scope, toText, valuesAt } from './path.ts'
import type { ValueSteps } from './value-schema.ts'
import { BadValue } from './values/bad-value.ts'
import { findFormulaError } from './values/formula-error.ts'
import { addDecimals, compileNumber, readNumberFormat } from './values/number.ts'
import type { NumberNotations } from './values/number-notations.ts'

/** The compiled source of a value. */
export interface Source {
  column: string
  isConstant: boolean
  /**
   * Returns the values in a row that are not empty, in one list. If `from` names several columns, each column that has values
   * gets a list of its own.
   */
  read(scope: Scope, conversion: Conversion, onBadValue: OnBadValue): JsonValue[][]
}

const kinds = ['from', 'all', 'value', 'template', 'sum'] as const

/**
 * Compiles the source of a value: exactly one of from, all, value, template and sum.
 * @param empty texts that mean that there is no value.
 */
export function compileSource(
  steps: ValueSteps,
  empty: ReadonlySet<string>,
  context: CompileContext,
): Source {
  const given = kinds.filter((kind) => steps[kind] !== undefined)
  if (given.length !== 1) {
    context.addFault(
      `needs exactly one of from, all, value, template and sum; it has ${given.join(' and ') || 'none'}`,
    )
  }
  const origins = compileOrigins(steps, context)
  const column = columnNames(origins, context)
  const isEmpty = makeIsEmpty(empty)
  const readOne = ({ path, constant }: Origin, scope: Scope): JsonValue[] => {
    scope.limits.addOperations(1)
    if (path) return valuesAt(path, scope).filter((value) => !isEmpty(value))
    return constant === undefined ? [] : [constant]
  }
  const readAll = (scope: Scope) => origins.flatMap((origin) => readOne(origin, scope))
  const getName = (origin: Origin) => columnNames([origin], context)
  const compileRead = (): Source['read'] => {
    if (steps.template !== undefined)
      return (scope, conversion, onBadValue) => {
        const texts = fillIn(origins, (origin) => readOne(origin, scope), getName, conversion, onBadValue)
        return texts.length === 0 ? [] : [conversion.joinTexts(texts, '', { onBadValue, column })]
      }
    if (steps.sum) return compileSum(steps, column, readAll, context.numberNotations)
    if (steps.all) return (scope) => [readAll(scope)]
    return (scope) => origins.map((origin) => readOne(origin, scope)).filter(({ length }) => length > 0)
  }
  return { column, isConstant: origins.every(({ path }) => !path), read: compileRead() }
}

/** A path, or a constant. */
interface Origin {
  path?: Path
  constant?: Scalar
}

function compileOrigins(steps: ValueSteps, context: CompileContext): Origin[] {
  if (steps.value !== undefined) return [{ constant: steps.value }]
  if (steps.template !== undefined) {
    // Every second part is the name of a column.
    return steps.template.split(/\{([^{}]+)\}/).map((part, index) => {
      const path = index % 2 === 1 ? context.at('template').compilePath(part) : undefined
      return path ? { path } : { constant: part }
    })
  }
  const kind = steps.sum ? 'sum' : steps.all ? 'all' : 'from'
  return [steps[kind] ?? []].flat().flatMap((text): Origin[] => {
    if (text.startsWith('=')) return [{ constant: text.slice(1).trim() }]
    const path = context.at(kind).compilePath(text)
    return path ? [{ path }] : []
  })
}

/** Returns the names of the columns, for messages. Inside `each`, the item itself (`.`) has the name of the list. */
const columnNames = (origins: readonly Origin[], { itemColumn }: CompileContext) =>
  origins
    .flatMap(({ path }) =>
      path
        ? [path.fromRow ? '' : itemColumn, columnName(path)]
            .filter((part) => part !== '' && part !== '.')
            .join('/')
        : [],
    )
    .join(', ')

/** Returns the name of the column of a path, without quotes if the path is one name. */
function columnName({ text, fromRow, steps: [first, ...others] }: Path): string {
  const isOneName = first && others.length === 0 && !first.filter && first.position === undefined
  return isOneName ? first.name : text.slice(fromRow ? 1 : 0)
}

/** Returns the function that tells whether a value is empty. */
const makeIsEmpty = (empty: ReadonlySet<string>) => (value: JsonValue) => {
  if (typeof value === 'number' && empty.size === 0) return false
  const text = toText(value)
  return text !== undefined && (text === '' || empty.has(text))
}

/**
 * Returns the parts of a filled template; none if a column is empty, or has a formula that failed, which it reports. If a column has
 * several values, the template takes the first, and reports that the others are dropped.
 */
function fillIn(
  origins: readonly Origin[],
  read: (origin: Origin) => JsonValue[],
  getName: (origin: Origin) => string,
  conversion: Conversion,
  onBadValue: OnBadValue,
): string[] {
  const filled = origins.map((origin) => ({ origin, values: read(origin) }))
  const texts = filled.map(({ origin: { path, constant }, values: [first = null] }) =>
    path ? toText(first) : String(constant ?? ''),
  )
  if (!texts.every((text) => text !== undefined)) return []
  for (const { origin, values } of filled) {
    const [first = null] = values
    const error = origin.path && findFormulaError(toText(first) ?? '')
    if (!error) continue
    conversion.reportBadValue(onBadValue, getName(origin), first, error)
    return []
  }
  for (const { origin, values } of filled) {
    const detail = `There are ${values.length} values, and a template takes one: the first is used.`
    if (values.length > 1) conversion.reportDroppedPart(getName(origin), values, detail)
  }
  return texts
}

/** Compiles a sum of numbers. It has no value if there is no valid number; invalid numbers are reported and left out. */
function compileSum(
  { number, ...steps }: ValueSteps,
  column: string,
  readAll: (scope: Scope) => JsonValue[],
  notations: NumberNotations,
): Source['read'] {
  const read = compileNumber(readNumberFormat(number), steps)
  return (scope, conversion, onBadValue) => {
    const addends: number[] = []
    for (const value of readAll(scope)) {
      // The stated notation applies to texts. Numbers of JSON and XLSX have none.
      const text = typeof value === 'number' ? value : (toText(value) ?? '')
      if (typeof text === 'string') conversion.limits.addText(text)
      const found = read(text, conversion.currency)
      if (found instanceof BadValue) {
        conversion.reportBadValue(onBadValue, column, value, found)
        continue
      }
      addends.push(found)
      if (number === undefined && typeof text === 'string') notations.add(column, text)
    }
    return [addends.length > 0 ? [addDecimals(addends)] : []]
  }
}
