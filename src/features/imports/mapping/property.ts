import type { JsonValue } from '../types.ts'
import { compileConditions } from './condition.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import { compileEach } from './each.ts'
import type { Scope } from './path.ts'
import type { ItemMapping, PropertyMapping } from './schema.ts'
import { isRequired, type Target } from './target.ts'
import {
  isValid,
  reportInvalid,
  type ValueOrigin,
  withoutInvalidItems,
  withoutInvalidParts,
} from './validity.ts'
import { compileValue } from './value.ts'
import type { ValueMapping } from './value-schema.ts'

/** A compiled property of a mapping. */
export interface PropertyPlan extends ValueOrigin {
  /** Returns the value in a row; undefined if there is none. `compileProperty` returns plans whose values are valid. */
  build(scope: Scope, conversion: Conversion): JsonValue | undefined
}

type ObjectTarget = Extract<Target, { kind: 'object' }>
type ListTarget = Extract<Target, { kind: 'list' }>

/** Compiles the mapping of a property, whose target is a value, an object, or a list. */
export function compileProperty(
  mapping: PropertyMapping,
  target: Target,
  context: CompileContext,
): PropertyPlan {
  const plan =
    target.kind === 'object'
      ? compileObject(asItem(mapping), target, context)
      : target.kind === 'list'
        ? compileList(mapping, target, context)
        : compileScalar(asValue(mapping), target, context)
  return target.kind === 'list' ? plan : withValidation(plan, target, context)
}

/** Returns a plan that validates its values against the schema of the target. */
function withValidation(plan: PropertyPlan, target: Target, context: CompileContext): PropertyPlan {
  // A constant text is validated once. Objects may contain mentions, whose placeholders differ between rows.
  let validText: string | undefined
  return {
    ...plan,
    build(scope, conversion) {
      const value = plan.build(scope, conversion)
      if (value === undefined || value === validText) return value
      if (reportInvalid(value, plan, target, conversion, context)) return undefined
      if (plan.isConstant && typeof value === 'string') validText = value
      return value
    },
  }
}

function compileScalar(mapping: ValueMapping, target: Target, context: CompileContext): PropertyPlan {
  const plan = compileValue(mapping, target, context)
  return {
    ...plan,
    build(scope, conversion) {
      const values = plan.evaluate(scope, conversion)
      if (values.length > 1) {
        const detail = `There are ${values.length} values, and the property takes one: the first is used. Write take: first, take: last or join: "; ".`
        conversion.reportDroppedPart(plan.column, [...values], detail)
      }
      return values[0]
    },
  }
}

/** Keys of the mapping of an item that are not properties of the item. */
const reservedKeys = new Set(['each', 'when'])

function compileObject(mapping: ItemMapping, target: ObjectTarget, context: CompileContext): PropertyPlan {
  const findUnmet = compileConditions(mapping, context)
  const parts = compileParts(mapping, target, context)
  const varying = Object.values(parts).filter(({ isConstant }) => !isConstant)
  // The currency is converted first: it decides which currency signs the amount may have.
  const { currency, ...others } = parts
  const ordered = Object.entries(currency ? { currency, ...others } : parts)
  return {
    column: varying.map(({ column }) => column).join(', '),
    isConstant: varying.length === 0,
    onBadValue: context.onBadValue,
    parts,
    build(scope, conversion) {
      if (findUnmet(scope) !== undefined) return undefined
      const values: Record<string, JsonValue> = {}
      const gaps = new Set<string>()
      // An object of constants is always built; any other only if a part that is not constant has a value.
      let isBuilt = varying.length === 0
      for (const [name, part] of ordered) {
        const reportsBefore = conversion.reportCount
        conversion.currency = currencyOf(name, values)
        const value = part.build(scope, conversion)
        if (value === undefined) {
          if (conversion.reportCount > reportsBefore) gaps.add(name)
          continue
        }
        values[name] = value
        isBuilt ||= !part.isConstant
      }
      conversion.currency = undefined
      if (gaps.size > 0) conversion.addReportedGaps(values, gaps)
      return isBuilt ? values : undefined
    },
  }
}

/** Returns the currency of a part of an object; undefined if the part is not an amount of money, or its currency is not known. */
function currencyOf(name: string, { currency }: Record<string, JsonValue>): string | undefined {
  if (name === 'valueUsd') return 'USD'
  return name === 'amount' && typeof currency === 'string' ? currency : undefined
}

function compileParts(
  mapping: ItemMapping,
  target: ObjectTarget,
  context: CompileContext,
): Record<string, PropertyPlan> {
  const parts: Record<string, PropertyPlan> = {}
  for (const [name, part] of Object.entries(mapping)) {
    const partTarget = target.properties[name]
    if (reservedKeys.has(name) || part === undefined || !partTarget) continue
    // All keys except `each` and `when` have mappings of properties.
    parts[name] = compilePart(part as PropertyMapping, partTarget, context.at(name))
  }
  for (const [name, { schema }] of Object.entries(target.properties)) {
    if (!parts[name] && isRequired(schema)) context.addFault(`needs ${name}`)
  }
  return parts
}

/**
 * Compiles a part of an object. A scalar is validated only as part of the whole object. A nested object or list is also
 * validated by itself.
 */
const compilePart = (mapping: PropertyMapping, target: Target, context: CompileContext): PropertyPlan =>
  target.kind === 'object' || target.kind === 'list'
    ? compileProperty(mapping, target, context)
    : compileScalar(asValue(mapping), target, context)

function compileList(mapping: PropertyMapping, target: ListTarget, context: CompileContext): PropertyPlan {
  const entries = Array.isArray(mapping) ? mapping : [mapping]
  const plans = entries.map((entry, index) =>
    compileEntry(entry, target.items, Array.isArray(mapping) ? context.at(index) : context),
  )
  const plan: PropertyPlan = {
    column: [...new Set(plans.map(({ column }) => column))].filter((column) => column !== '').join(', '),
    isConstant: plans.every(({ isConstant }) => isConstant),
    onBadValue: context.onBadValue,
    build(scope, conversion) {
      const built = plans.flatMap((entry) =>
        entry.buildAll(scope, conversion).map((item) => ({ item, plan: entry })),
      )
      const items = target.isRepeatable ? built : firstOfEqual(built)
      if (items.length === 0) return undefined
      const all = items.map(({ item }) => item)
      if (isValid(all, target, conversion, context)) return all
      const rest = items.flatMap((entry) => {
        const item = withoutInvalidParts(entry.item, entry.plan, target.items, conversion, context)
        return item === undefined ? [] : [item]
      })
      return withoutInvalidItems(rest, plan, target, conversion, context)
    },
  }
  return plan
}

/** Returns the first of each group of equal items. */
function firstOfEqual(items: readonly BuiltItem[]): BuiltItem[] {
  const distinct = new Map<string, BuiltItem>()
  for (const built of items) {
    const text = JSON.stringify(built.item)
    if (!distinct.has(text)) distinct.set(text, built)
  }
  return [...distinct.values()]
}

/** An item of a list, and the entry of the mapping that made it. */
interface BuiltItem {
  item: JsonValue
  plan: EntryPlan
}

/** The compiled mapping of items of a list. It makes any number of items. */
interface EntryPlan extends ValueOrigin {
  buildAll(scope: Scope, conversion: Conversion): JsonValue[]
}

function compileEntry(
  mapping: ValueMapping | ItemMapping,
  items: Target,
  context: CompileContext,
): EntryPlan {
  if (items.kind !== 'object') {
    const plan = compileValue(asValue(mapping), items, context)
    return { ...plan, buildAll: plan.evaluate }
  }
  const itemMapping = asItem(mapping)
  const each = compileEach(itemMapping.each, context)
  const { build, ...plan } = compileObject(itemMapping, items, each.context)
  return {
    ...plan,
    buildAll: (scope, conversion) =>
      each.scopes(scope, conversion).flatMap((inner): JsonValue[] => {
        const item = build(inner, conversion)
        return item === undefined ? [] : [item]
      }),
  }
}

/** The schema of mappings ensures that a property that takes a value has a `ValueMapping`. */
const asValue = (mapping: PropertyMapping): ValueMapping => mapping as ValueMapping

/** The schema of mappings ensures that a property that takes an object has an `ItemMapping`. */
const asItem = (mapping: PropertyMapping): ItemMapping => mapping as ItemMapping
