import type { z } from 'zod'
import { checkValue, parsePointer, quote } from '../../../problems/faults.ts'
import { capitalize, toSentence } from '../../../wording.ts'
import { mentionName, replaceMentions } from '../mentions.ts'
import { isList } from '../reading/clean.ts'
import type { JsonValue, Mention, OnBadValue } from '../types.ts'
import type { CompileContext } from './context.ts'
import type { Conversion } from './conversion.ts'
import { withPlaceholders } from './placeholders.ts'
import type { Target } from './target.ts'
import { BadValue } from './values/bad-value.ts'

/** Checks converted values against the schemas of their properties, and reports and removes what is not valid. */

/** Where the value of a property comes from, and what happens to bad values. */
export interface ValueOrigin {
  /** The columns from which the value comes, for messages. */
  column: string
  /** Whether the value reads no column. */
  isConstant: boolean
  onBadValue: OnBadValue
  /** The origins of the properties of an object, by name. */
  parts?: Record<string, ValueOrigin>
}

/** Returns the schema of a target. The schemas of fields have the methods of `z.ZodType`. */
const schemaOf = ({ schema }: Target): z.ZodType => schema as z.ZodType

/** Returns what is wrong with a value that the mapping states for a target and that has no references. */
export const findFaults = (value: JsonValue, target: Target): string[] =>
  checkValue(schemaOf(target), value).faults?.listed.map(({ message }) => message) ?? []

/** Whether a value is valid for its target. Mentions count as valid keys. */
export const isValid = (
  value: JsonValue,
  target: Target,
  { mentions }: Conversion,
  { registry }: CompileContext,
) => schemaOf(target).safeParse(withPlaceholders(value, mentions, registry).value).success

/**
 * Checks a value against the schema of its target, and reports the part of the value to which each fault belongs. A missing property
 * is not reported again if its bad value is already reported, unless only the second report would refuse the row.
 * @returns the JSON pointers of the faults; undefined if there are none.
 */
export function reportInvalid(
  value: JsonValue,
  plan: ValueOrigin,
  target: Target,
  conversion: Conversion,
  { registry }: CompileContext,
): string[] | undefined {
  const checked = withPlaceholders(value, conversion.mentions, registry)
  const { faults } = checkValue(schemaOf(target), checked.value)
  if (!faults) return undefined
  return faults.listed.map(({ pointer = '', message }) => {
    const names = parsePointer(pointer)
    const part = names.reduce<ValueOrigin | undefined>((inner, name) => inner?.parts?.[name] ?? inner, plan)
    const found = names.reduce<JsonValue | undefined>(getChild, value) ?? null
    const parent = names.slice(0, -1).reduce<JsonValue | undefined>(getChild, value) ?? null
    const onBadValue = part?.onBadValue ?? plan.onBadValue
    const isRefused = conversion.faults.length > 0
    if ((onBadValue === 'drop' || isRefused) && conversion.isReportedGap(parent, names.at(-1) ?? ''))
      return pointer
    const readable = withMentionNames(message, found, checked.placeholders, conversion.mentions)
    const subject = names.length > 0 ? `${nameParts(value, names)} ${readable}` : readable
    conversion.reportBadValue(
      onBadValue,
      part?.column || plan.column,
      found,
      new BadValue(toSentence(capitalize(subject))),
    )
    return pointer
  })
}

/** Returns a message about a value with the names of its mentions in place of their placeholders. */
function withMentionNames(
  message: string,
  value: JsonValue,
  placeholders: ReadonlyMap<number, string>,
  mentions: readonly Mention[],
): string {
  const names = new Map<string, string>()
  replaceMentions(value, (index) => {
    const [mention, placeholder] = [mentions[index], placeholders.get(index)]
    if (mention && placeholder !== undefined) names.set(placeholder, quote(mentionName(mention)))
    return null
  })
  return message.replaceAll(/[\w-]+/g, (word) => names.get(word) ?? word)
}

/** Names a part of a value for a message: `contribution`, or `item 3/role` in a list. */
const nameParts = (value: JsonValue, [first, ...others]: readonly string[]): string =>
  [typeof value === 'object' && isList(value) ? `item ${Number(first) + 1}` : first, ...others].join('/')

/** Returns the first name of a JSON pointer; undefined for the whole value. */
const firstName = (pointer: string): string | undefined => parsePointer(pointer)[0]

/**
 * Reports the invalid parts of an item of a list, and returns the item without them; undefined if it is not valid without them,
 * because one is required or the item breaks a rule as a whole.
 */
export function withoutInvalidParts(
  item: JsonValue,
  plan: ValueOrigin,
  target: Target,
  conversion: Conversion,
  context: CompileContext,
): JsonValue | undefined {
  const pointers = reportInvalid(item, plan, target, conversion, context)
  if (!pointers) return item
  if (typeof item !== 'object' || item === null || isList(item)) return undefined
  const invalid = new Set(pointers.map(firstName))
  const rest = Object.fromEntries(Object.entries(item).filter(([name]) => !invalid.has(name)))
  return !invalid.has(undefined) && isValid(rest, target, conversion, context) ? rest : undefined
}

/**
 * Reports the items that break a rule of the whole list, such as that no participant occurs twice, and returns the list without
 * them; undefined if no items are left, or if a fault belongs to the whole list.
 */
export function withoutInvalidItems(
  items: readonly JsonValue[],
  plan: ValueOrigin,
  target: Target,
  conversion: Conversion,
  context: CompileContext,
): readonly JsonValue[] | undefined {
  if (items.length === 0) return undefined
  const pointers = reportInvalid(items, plan, target, conversion, context)
  if (!pointers) return items
  const invalid = new Set(pointers.map(firstName))
  if (invalid.has(undefined)) return undefined
  const rest = items.filter((_, index) => !invalid.has(String(index)))
  return withoutInvalidItems(rest, plan, target, conversion, context)
}

const getChild = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  typeof value !== 'object' || value === null ? undefined : isList(value) ? value[Number(name)] : value[name]
