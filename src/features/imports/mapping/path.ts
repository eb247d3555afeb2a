import { isList } from '../reading/clean.ts'
import type { JsonObject, JsonValue } from '../types.ts'
import type { RowLimits } from './row-limits.ts'

/** A step of a path: the name of a property, and optionally a condition that selects values. */
interface Step {
  name: string
  /** `[@type=2]`: a property of the value, and the text that it must have or, with `!=`, must not have. */
  filter?: { path: readonly Step[]; value: string; isNegated: boolean }
  /** `[1]`: the position of the value, counted from 1. */
  position?: number
}

/** A compiled path to values of a row. */
export interface Path {
  text: string
  /** The whole text as the name of a column; if it begins with `/`, also the text without the `/`. */
  columns: readonly string[]
  /** Whether the path starts at the row instead of the current item of `each`. */
  fromRow: boolean
  steps: readonly Step[]
}

/** Where paths start: the row, and the current item of `each`. */
export interface Scope {
  row: JsonObject
  item: JsonValue
  limits: RowLimits
}

/**
 * Compiles a path: names with `/` between them. `.` is the item itself; a leading `/` starts at the row. `@name` is an
 * attribute of XML. `[@type=2]` selects the values whose `@type` is 2, `[@type!=2]` all other values, and `[1]` the first
 * value. A name with `/` or brackets is in quotes. The whole text may also be the name of a column.
 * @returns undefined when the path is malformed.
 */
export function parsePath(text: string): Path | undefined {
  const fromRow = text.startsWith('/')
  const steps = text === '.' ? [] : parseSteps(fromRow ? text.slice(1) : text)
  return steps && { text, columns: fromRow ? [text, text.slice(1)] : [text], fromRow, steps }
}

/** A step: a name, which may be in quotes; optionally a position or a condition in brackets; and a `/` if a step follows. */
const stepPattern =
  /(?:\s*"(?<double>[^"]+)"\s*|\s*'(?<single>[^']+)'\s*|(?<bare>[^/[\]]+))(?:\[(?<condition>[^[\]]+)\]\s*)?(?<slash>\/|$)/gy

function parseSteps(text: string): Step[] | undefined {
  const steps: Step[] = []
  let length = 0
  let isComplete = false
  for (const { 0: matched, groups = {} } of text.matchAll(stepPattern)) {
    const { double, single, bare = '', condition, slash } = groups
    const step: Step = { name: double ?? single ?? bare.trim() }
    if (step.name === '') return undefined
    if (condition !== undefined && /^[1-9]\d*$/.test(condition)) step.position = Number(condition)
    else if (condition !== undefined) {
      const [, path = '', operator, quoted, value = ''] =
        /^([^=!]+)(!?=)(?:["'](.*)["']|(.*))$/.exec(condition) ?? []
      const inner = path === '' ? undefined : parseSteps(path)
      if (!inner) return undefined
      step.filter = { path: inner, value: (quoted ?? value).trim(), isNegated: operator === '!=' }
    }
    steps.push(step)
    length += matched.length
    isComplete = slash === ''
  }
  return isComplete && length === text.length ? steps : undefined
}

/** Joins names to a path. A name with `/` or brackets is in quotes, unless it is the only one: the path is then a column. */
export const formatNames = (names: readonly string[]): string =>
  names.length === 1
    ? names.join('')
    : names
        .map((name) => (/[/[\]]/.test(name) ? (name.includes("'") ? `"${name}"` : `'${name}'`) : name))
        .join('/')

/** Whether a path is the name of a column, or reads the whole row. */
export const isColumn = (
  { columns: names, steps: [first, ...others] }: Path,
  columns: ReadonlySet<string>,
): boolean =>
  first === undefined ||
  names.some((name) => columns.has(name)) ||
  (others.length === 0 && !first.filter && first.position === undefined && columns.has(first.name))

/** Returns the values at a path, without nulls. Lists are flattened. @throws TooManyOperations when the row has too many operations. */
export function valuesAt({ columns, fromRow, steps }: Path, { row, item, limits }: Scope): JsonValue[] {
  const start = fromRow ? row : item
  // The name of a column may look like a path.
  if (typeof start === 'object' && start !== null && !isList(start)) {
    for (const name of columns) if (Object.hasOwn(start, name)) return flatten(start[name], limits)
  }
  return follow(steps, [start], limits)
}

function follow(steps: readonly Step[], start: JsonValue[], limits: RowLimits): JsonValue[] {
  let values = start
  for (const { name, filter, position } of steps) {
    limits.addOperations(1 + values.length)
    values = values.flatMap((value) => property(value, name, limits))
    if (filter) {
      const { path, value: wanted, isNegated } = filter
      values = values.filter(
        (value) => follow(path, [value], limits).some((found) => toText(found) === wanted) !== isNegated,
      )
    }
    if (position !== undefined) values = values.slice(position - 1, position)
  }
  return values.flatMap((value) => flatten(value, limits))
}

/** Returns the values of a property. An XML element without attributes is a text; `#` selects this text, too. */
function property(value: JsonValue, name: string, limits: RowLimits): JsonValue[] {
  if (name === '#' && typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || isList(value)) return []
  return Object.hasOwn(value, name) ? flatten(value[name], limits) : []
}

function flatten(value: JsonValue | undefined, limits: RowLimits): JsonValue[] {
  if (value === undefined || value === null) return []
  if (!isList(value)) return [value]
  limits.addOperations(value.length)
  return value.flatMap((item) => flatten(item, limits))
}

/**
 * Returns a value as text. The text of an XML element with attributes is in `#`.
 * @returns undefined for null, lists, and objects without a text in `#`.
 */
export function toText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value !== null && !isList(value) && value['#'] !== undefined ? toText(value['#']) : undefined
}
