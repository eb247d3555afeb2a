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

/**
 * Replaces mentions with placeholder keys, so that a document can be validated before the names in it are resolved. The same
 * mention gets the same key.
 */
export const withPlaceholders = (
  value: JsonValue,
  mentions: readonly Mention[],
  registry: Registry,
): JsonValue => replaceMentions(value, (index) => findForm(mentions[index]?.resource ?? '', registry)(index))
