import type { Registry } from '../../../model/registry.ts'
import { replaceMentions } from '../mentions.ts'
import type { JsonValue, Mention } from '../types.ts'

/**
 * Functions that make a key from a number, one for each form of keys. Keys of three digits repeat after 1,000 numbers, those of
 * three letters after 17,576.
 */
const forms: ((number: number) => string)[] = [
  (number) => `00000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
  (number) =>
    [676, 26, 1].map((power) => String.fromCharCode(65 + (Math.floor(number / power) % 26))).join(''),
  (number) => String(number % 1000).padStart(3, '0'),
  (number) => `placeholder-${number}`,
]

const formsByRegistry = new WeakMap<Registry, Map<string, (number: number) => string>>()

function findForm(resource: string, registry: Registry): (number: number) => string {
  const cached = formsByRegistry.get(registry) ?? new Map<string, (number: number) => string>()
  formsByRegistry.set(registry, cached)
  const { schema } = registry.keySpec(resource)
  const form = cached.get(resource) ?? forms.find((candidate) => schema.safeParse(candidate(1)).success)
  if (!form) throw new Error(`no placeholder has the form of the keys of ${resource}`)
  cached.set(resource, form)
  return form
}

/** Returns the texts in a value. */
function collectTexts(value: JsonValue): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(collectTexts) : []
}

/**
 * Replaces mentions with placeholder keys, so that a document can be validated before the names in it are resolved. The same
 * mention gets the same key. No placeholder is equal to another text of the value, which may be the key of a record.
 * @returns the value, and the placeholders by the index of the mention.
 */
export function withPlaceholders(
  value: JsonValue,
  mentions: readonly Mention[],
  registry: Registry,
): { value: JsonValue; placeholders: ReadonlyMap<number, string> } {
  const placeholders = new Map<number, string>()
  if (mentions.length === 0) return { value, placeholders }
  const texts = new Set(collectTexts(value))
  let number = 0
  // A form has finitely many keys, and the value may contain all of them.
  let skips = texts.size
  const replace = (index: number): string => {
    const known = placeholders.get(index)
    if (known !== undefined) return known
    const makeKey = findForm(mentions[index]?.resource ?? '', registry)
    while (texts.has(makeKey(number)) && skips > 0) {
      number += 1
      skips -= 1
    }
    const placeholder = makeKey(number)
    placeholders.set(index, placeholder)
    number += 1
    return placeholder
  }
  return { value: replaceMentions(value, replace), placeholders }
}
