import type { JsonSchema } from './schemas.ts'
import { pascalCase, schemaPrefix } from './shared-parts.ts'

/** Names the enumerations and comparisons inside schemas, so that generated clients have one type for each. */

type Components = Record<string, JsonSchema>

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const reference = (name: string): JsonSchema => ({ $ref: `${schemaPrefix}${name}` })

/** Applies a function to a schema and all nested schemas, the innermost first. @param path property names from the root. */
export function mapSchema(
  value: unknown,
  path: string[],
  change: (schema: JsonSchema, path: string[]) => JsonSchema,
): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSchema(item, path, change))
  if (!isObject(value)) return value
  const inner = Object.entries(value).map(([keyword, child]): [string, unknown] => {
    if (keyword === 'examples' || keyword === 'enum') return [keyword, child]
    if (keyword !== 'properties' || !isObject(child)) return [keyword, mapSchema(child, path, change)]
    const properties = Object.entries(child).map(([name, property]): [string, unknown] => [
      name,
      mapSchema(property, [...path, name], change),
    ])
    return [keyword, Object.fromEntries(properties)]
  })
  return change(Object.fromEntries(inner), path)
}

const defaultBounds = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]

/** Converts nullable schemas of one type to the form `type: [type, 'null']`, and removes the default bounds of integers. */
export function simplify(schema: JsonSchema): JsonSchema {
  const { minimum, maximum, ...rest } = schema
  const bounds = Object.entries({ minimum, maximum })
  const kept = bounds.filter(([, bound]) => bound !== undefined && !defaultBounds.includes(Number(bound)))
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
  readonly #singulars: readonly string[]
  /** The resources that use an enumeration, by the JSON of its words. */
  readonly #users = new Map<string, Set<string>>()

  /**
   * @param taken names of existing components.
   * @param singulars the singulars of the resources. The names of their components begin with them.
   */
  constructor(taken: readonly string[], singulars: readonly string[]) {
    this.#taken = new Set(taken)
    this.#singulars = [...singulars].sort((a, b) => b.length - a.length)
  }

  /** Returns the singular of the resource that a component belongs to, or ''. */
  singularOf(component: string): string {
    return this.#singulars.find((singular) => component.startsWith(singular)) ?? ''
  }

  /** Adds a resource to the users of an enumeration. */
  addUser(words: unknown[], singular: string): void {
    const key = JSON.stringify(words)
    this.#users.set(key, (this.#users.get(key) ?? new Set()).add(singular))
  }

  /** Whether more than two resources use an enumeration, such as `asc` and `desc`. */
  isCommon(words: unknown[]): boolean {
    return (this.#users.get(JSON.stringify(words))?.size ?? 0) > 2
  }

  /** Makes the name of a component the name of all equal enumerations, if the component is an enumeration. */
  addEnum(component: string, schema: JsonSchema): void {
    const words = wordsOf(schema)
    if (words) this.#names.set(JSON.stringify(toEnum(words)), component)
  }

  /**
   * Returns the name of the component with an equal schema. If there is none, adds the schema to the components under the first
   * free name.
   * @param names possible names, the best first.
   * @param texts of a new component.
   * @throws Error when no name is free.
   */
  assignName(schema: JsonSchema, names: string[], texts: JsonSchema = {}): string {
    const key = JSON.stringify(schema)
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = names.find((candidate) => !this.#taken.has(candidate))
    if (name === undefined) throw new Error(`no name is free for a part of the OpenAPI document: ${names[0]}`)
    this.#taken.add(name)
    this.#names.set(key, name)
    this.components[name] = { ...schema, ...texts }
    return name
  }
}

/** Returns the words of an enumeration of texts; undefined for other schemas and for constants. */
const wordsOf = ({ type, enum: words }: JsonSchema): unknown[] | undefined =>
  type === 'string' && Array.isArray(words) && words.length > 1 ? words : undefined

/** Whether a schema is an enumeration of texts. */
export const isEnum = (schema: JsonSchema): boolean => wordsOf(schema) !== undefined

/** Returns the enumeration of some words, without keywords that differ between its uses. */
const toEnum = (words: unknown[]): JsonSchema => ({ type: 'string', enum: words })

const isProperty = (step: string) => !['eq', 'ne', 'in'].includes(step)

/**
 * Adds the resource of a component to the users of each enumeration in its schema. If more than two resources use an
 * enumeration, its name contains no resource.
 */
export function addEnumUsers(parts: NamedParts, component: string, schema: JsonSchema): void {
  mapSchema(schema, [], (inner) => {
    const words = wordsOf(inner)
    if (words) parts.addUser(words, parts.singularOf(component))
    return inner
  })
}

/**
 * Returns a function that replaces an enumeration with a reference to its named schema.
 * @param others further names, for the case that another enumeration has the usual name.
 */
export const createEnumNamer =
  (parts: NamedParts, component: string, others: string[] = []) =>
  (schema: JsonSchema, path: string[]): JsonSchema => {
    const words = wordsOf(schema)
    if (!words) return schema
    const { type: _type, enum: _enum, ...keywords } = schema
    const fullName = pascalCase(component, ...path)
    const common = parts.isCommon(words) ? [pascalCase(...path.filter(isProperty).slice(-2))] : []
    const { description } = keywords
    const name = parts.assignName(
      toEnum(words),
      [...common, fullName, ...others, `${fullName}Word`, ...others.map((other) => `${other}Word`)],
      description === undefined ? {} : { description },
    )
    return { ...keywords, ...reference(name) }
  }

/** End of the names of components that are conditions of searches: `AgreementWhere`. */
const conditionSuffix = 'Where'

/** Removes the description and the examples of a schema. */
export const removeTexts = ({ description, examples, ...rest }: JsonSchema): JsonSchema => rest

/**
 * Returns the schema of an operand. Only the schema of the record's property has the texts, `pattern` and `minLength` of the
 * value. Free texts get a maximum length of their own.
 */
function operandSchema({ description, examples, pattern, minLength, ...rest }: JsonSchema): JsonSchema {
  const isFreeText = rest.type === 'string' && rest.format === undefined && rest.enum === undefined
  return isFreeText ? { ...rest, maxLength: 500 } : rest
}

/** Returns the kind of values that a comparison accepts, for its name; '' for a kind without a name. */
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

/** Returns a function that replaces the comparisons of a condition with references to named schemas. */
export const createComparisonNamer =
  (parts: NamedParts, component: string) =>
  (schema: JsonSchema, path: string[]): JsonSchema => {
    const { properties } = schema
    if (!component.endsWith(conditionSuffix) || path.length !== 1 || !isObject(properties)) return schema
    if ('some' in properties || !('eq' in properties || 'gte' in properties)) return schema
    // Descriptions of values differ between properties, so they are removed here.
    const operators = Object.fromEntries(
      Object.entries(properties).map(([operator, value]) => [operator, mapSchema(value, [], operandSchema)]),
    )
    const { description: _, ...rest } = schema
    const fullName = pascalCase(component.slice(0, -conditionSuffix.length), ...path)
    const kind = kindOf(operators)
    const nullable = 'isNull' in operators ? 'Optional' : ''
    const names = [
      ...(kind ? [`${nullable}${kind}Comparison`] : []),
      `${pascalCase(...path)}Comparison`,
      `${fullName}Comparison`,
      // A property of a record and a property of a list's elements may get the same name: `externalIdScheme`, and `scheme` of
      // external ids.
      `${fullName}WordComparison`,
    ]
    const name = parts.assignName({ ...rest, properties: operators }, names)
    // The property of the record describes the compared value.
    return reference(name)
  }

/** Adds a discriminator to alternatives that differ in the constant value of a property. */
export function addDiscriminator(schema: JsonSchema, components: Components): JsonSchema {
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
