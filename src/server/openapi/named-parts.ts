import type { JsonSchema } from './schemas.ts'
import { pascalCase } from './shared-parts.ts'

/** Gives names to the enumerations and comparisons inside schemas, so that clients get one type for each. */

type Components = Record<string, JsonSchema>

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` })

/** Applies a function to a schema and all schemas inside, the innermost first. @param path names of properties. */
export function mapSchema(
  value: unknown,
  path: string[],
  change: (schema: JsonSchema, path: string[]) => JsonSchema,
): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSchema(item, path, change))
  if (!isObject(value)) return value
  const inner = Object.entries(value).map(([keyword, own]): [string, unknown] => {
    if (keyword === 'examples' || keyword === 'enum') return [keyword, own]
    if (keyword !== 'properties' || !isObject(own)) return [keyword, mapSchema(own, path, change)]
    const properties = Object.entries(own).map(([name, property]): [string, unknown] => [
      name,
      mapSchema(property, [...path, name], change),
    ])
    return [keyword, Object.fromEntries(properties)]
  })
  return change(Object.fromEntries(inner), path)
}

const unbounded = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]

/** Writes nullable schemas in one form, and removes the default bounds of integers. */
export function simplified(schema: JsonSchema): JsonSchema {
  const { minimum, maximum, ...rest } = schema
  const bounds = Object.entries({ minimum, maximum })
  const kept = bounds.filter(([, bound]) => bound !== undefined && !unbounded.includes(Number(bound)))
  const plain = { ...rest, ...Object.fromEntries(kept) }
  const { anyOf, ...others } = plain
  const [first, second] = Array.isArray(anyOf) ? anyOf.filter(isObject) : []
  const isNullable = second?.type === 'null' && typeof first?.type === 'string' && !('enum' in first)
  return isNullable ? { ...first, ...others, type: [first.type, 'null'] } : plain
}

/** Collects named schemas, each once. */
export class NamedParts {
  readonly components: Components = {}
  readonly #names = new Map<string, string>()
  readonly #taken: Set<string>
  readonly #owners: readonly string[]
  /** The resources that use an enumeration, by its words. */
  readonly #users = new Map<string, Set<string>>()

  /**
   * @param taken names of the components that there are.
   * @param owners singulars of the resources. Equal values of two resources are two types.
   */
  constructor(taken: readonly string[], owners: readonly string[]) {
    this.#taken = new Set(taken)
    this.#owners = [...owners].sort((a, b) => b.length - a.length)
  }

  /** The resource that a component is of, or an empty text. */
  ownerOf(component: string): string {
    return this.#owners.find((owner) => component.startsWith(owner)) ?? ''
  }

  /** Notes that a resource uses an enumeration. */
  count(words: unknown[], owner: string): void {
    const key = JSON.stringify(words)
    this.#users.set(key, (this.#users.get(key) ?? new Set()).add(owner))
  }

  /** Whether more than two resources use an enumeration, such as `asc` and `desc`. */
  isCommon(words: unknown[]): boolean {
    return (this.#users.get(JSON.stringify(words))?.size ?? 0) > 2
  }

  /** Returns the name of a schema: that of an equal one, or else the first of some names that is free. */
  name(schema: JsonSchema, names: string[], describe: () => JsonSchema): string {
    const key = JSON.stringify(schema)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = names.find((candidate) => !this.#taken.has(candidate))
    if (name === undefined) throw new Error(`no name is free for a part of the OpenAPI document: ${names[0]}`)
    this.#taken.add(name)
    this.#names.set(key, name)
    this.components[name] = { ...schema, ...describe() }
    return name
  }
}

/** The words of an enumeration of texts; undefined for other schemas, and for a constant. */
const wordsOf = ({ type, enum: words }: JsonSchema): unknown[] | undefined =>
  type === 'string' && Array.isArray(words) && words.length > 1 ? words : undefined

const isProperty = (step: string) => !['eq', 'ne', 'in'].includes(step)

/** Notes the enumerations of a component, so that those of many resources get names of none. */
export function countEnums(parts: NamedParts, component: string, schema: JsonSchema): void {
  mapSchema(schema, [], (inner) => {
    const words = wordsOf(inner)
    if (words) parts.count(words, parts.ownerOf(component))
    return inner
  })
}

/**
 * Returns a function that replaces an enumeration by a reference to its named schema.
 * @param others further names, if the usual one is of another enumeration.
 */
export const namingEnums =
  (parts: NamedParts, component: string, others: string[] = []) =>
  (schema: JsonSchema, path: string[]): JsonSchema => {
    const words = wordsOf(schema)
    if (!words) return schema
    const { type, enum: _, ...keywords } = schema
    const own = pascalCase(component, ...path)
    const common = parts.isCommon(words) ? [pascalCase(...path.filter(isProperty).slice(-2))] : []
    const description = keywords.description ?? 'Values.'
    const name = parts.name(
      { type, enum: words },
      [...common, own, ...others, `${own}Word`, ...others.map((other) => `${other}Word`)],
      () => ({ description }),
    )
    return { ...keywords, ...reference(name) }
  }

const suffix = 'Where'

/** Removes the description and the examples of a schema. */
export const withoutTexts = ({ description, examples, ...rest }: JsonSchema): JsonSchema => rest

/** What a comparison says of a value: the forms of words are those of the record's properties, so they stand there alone. */
function operand({ description, examples, pattern, minLength, ...rest }: JsonSchema): JsonSchema {
  const isWord = rest.type === 'string' && rest.format === undefined && rest.enum === undefined
  return isWord ? { ...rest, maxLength: 500 } : rest
}

/** The kind of values that a comparison takes, by the schema of one of its operators. */
function kindOf(operators: JsonSchema): string {
  const [first] = Object.values(operators).filter(isObject)
  const { format, type } = first ?? {}
  if (format === 'edtf') return 'Date'
  if (format === 'uuid') return 'Id'
  if (type === 'number' || type === 'integer') return 'Number'
  if (type !== 'string') return ''
  if ('contains' in operators) return 'Text'
  return 'gte' in operators ? 'Time' : 'Word'
}

/** Returns a function that replaces the comparisons of a condition by references to named schemas. */
export const namingComparisons =
  (parts: NamedParts, component: string) =>
  (schema: JsonSchema, path: string[]): JsonSchema => {
    const { properties } = schema
    if (!component.endsWith(suffix) || path.length !== 1 || !isObject(properties)) return schema
    if ('some' in properties || !('eq' in properties || 'gte' in properties)) return schema
    // The descriptions of values differ by property, so the property keeps them.
    const operators = Object.fromEntries(
      Object.entries(properties).map(([operator, own]) => [operator, mapSchema(own, [], operand)]),
    )
    const { description: _, ...rest } = schema
    const own = pascalCase(component.slice(0, -suffix.length), ...path)
    const kind = kindOf(operators)
    const nullable = 'isNull' in operators ? 'Optional' : ''
    const names = [
      ...(kind ? [`${nullable}${kind}Comparison`] : []),
      `${pascalCase(...path)}Comparison`,
      `${own}Comparison`,
      // A property of a resource may be called as that of a part: `externalIdScheme`, and `scheme` of external ids.
      `${own}WordComparison`,
    ]
    const name = parts.name({ ...rest, properties: operators }, names, () => ({
      description: 'Comparisons.',
    }))
    // The property of the record describes the compared value.
    return reference(name)
  }

/** Adds the discriminator of alternatives that differ by a property with one value in each of them. */
export function withDiscriminator(schema: JsonSchema, components: Components): JsonSchema {
  const { oneOf } = schema
  if (!Array.isArray(oneOf)) return schema
  const names = oneOf.map(
    (alternative) =>
      String(Object(alternative).$ref ?? '')
        .split('/')
        .at(-1) ?? '',
  )
  const [first] = names.map((name) => Object(components[name]?.properties))
  const constant = (name: string, property: string): unknown =>
    Object(components[name]?.properties)[property]?.const
  const propertyName = Object.keys(first ?? {}).find((property) =>
    names.every((name) => constant(name, property) !== undefined),
  )
  if (propertyName === undefined) return schema
  const mapping = Object.fromEntries(
    names.map((name) => [String(constant(name, propertyName)), reference(name).$ref]),
  )
  return { ...schema, discriminator: { propertyName, mapping } }
}
