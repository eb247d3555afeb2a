import { isObject, mapSchema } from './map-schema.ts'
import type { JsonSchema } from './schemas.ts'
import { pascalCase, schemaPrefix } from './shared-parts.ts'

/**
 * Names the enumerations inside schemas, and the comparisons: objects with the operators (`eq`, `gte` …) of one property of a
 * condition. So generated clients have one type for each.
 */

type Components = Record<string, JsonSchema>

const reference = (name: string): JsonSchema => ({ $ref: `${schemaPrefix}${name}` })

/** Collects named schemas, each once. */
export class NamedParts {
  readonly components: Components = {}
  /** The names of components by the JSON of their schemas. */
  readonly #names = new Map<string, string>()
  readonly #taken: Set<string>
  /** Longest first, since one may be the beginning of another. */
  readonly #singulars: readonly string[]
  /** The singulars of the resources that use an enumeration, and '' for all other components, by the JSON of its values. */
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
  findSingular(component: string): string {
    return this.#singulars.find((singular) => component.startsWith(singular)) ?? ''
  }

  /** Adds a resource to those that use an enumeration. */
  addEnumUser(values: unknown[], singular: string): void {
    const key = JSON.stringify(values)
    this.#users.set(key, (this.#users.get(key) ?? new Set()).add(singular))
  }

  /**
   * Whether more than two resources use an enumeration, such as `asc` and `desc`. The components of no resource count as one
   * resource.
   */
  isCommonEnum(values: unknown[]): boolean {
    return (this.#users.get(JSON.stringify(values))?.size ?? 0) > 2
  }

  /** Makes the name of a component the name of all equal enumerations, if the component is an enumeration. */
  addEnum(component: string, schema: JsonSchema): void {
    const values = getEnumValues(schema)
    if (values) this.#names.set(JSON.stringify(toEnum(values)), component)
  }

  /**
   * Returns the name of the component with an equal schema. If there is none, adds the schema to the components under the first
   * free name.
   * @param names possible names, the best first.
   * @param texts keywords such as `description`, which a new component gets in addition to `schema`.
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

/** Returns the values of an enumeration of texts; undefined for other schemas and for constants. */
const getEnumValues = ({ type, enum: values }: JsonSchema): unknown[] | undefined =>
  type === 'string' && Array.isArray(values) && values.length > 1 ? values : undefined

/** Whether a schema is an enumeration of texts. */
export const isEnum = (schema: JsonSchema): boolean => getEnumValues(schema) !== undefined

/** Returns the enumeration of some values, without keywords that differ between its uses. */
const toEnum = (values: unknown[]): JsonSchema => ({ type: 'string', enum: values })

/** Whether a step of a path is a property, and not an operator of a condition on an enumeration. */
const isProperty = (step: string) => !['eq', 'ne', 'in'].includes(step)

/**
 * Records that the resource of a component uses each enumeration in the component's schema. An enumeration that many use
 * (`isCommonEnum`) gets a name without a resource.
 */
export function addEnumUsers(parts: NamedParts, component: string, schema: JsonSchema): void {
  mapSchema(schema, (inner) => {
    const values = getEnumValues(inner)
    if (values) parts.addEnumUser(values, parts.findSingular(component))
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
    const values = getEnumValues(schema)
    if (!values) return schema
    const { type: _type, enum: _enum, ...keywords } = schema
    const fullName = pascalCase(component, ...path)
    const common = parts.isCommonEnum(values) ? [pascalCase(...path.filter(isProperty).slice(-2))] : []
    const { description } = keywords
    // The suffix `Word` only avoids a name that is taken.
    const name = parts.assignName(
      toEnum(values),
      [...common, fullName, ...others, `${fullName}Word`, ...others.map((other) => `${other}Word`)],
      description === undefined ? {} : { description },
    )
    return { ...keywords, ...reference(name) }
  }

/** End of the names of components that are conditions of searches: `AgreementWhere`. */
const conditionSuffix = 'Where'

/** Maximum length of a free text as an operand in the OpenAPI document, in characters. */
const maxOperandLength = 500

/**
 * Returns the schema of an operand: without `description`, `examples`, `pattern` and `minLength`, which the schema of the record's
 * property has. The `maxLength` of a free text is replaced with `maxOperandLength`.
 */
function operandSchema({ description, examples, pattern, minLength, ...rest }: JsonSchema): JsonSchema {
  const isFreeText = rest.type === 'string' && rest.format === undefined && rest.enum === undefined
  return isFreeText ? { ...rest, maxLength: maxOperandLength } : rest
}

/** Returns the kind of values that a comparison accepts, for its name; '' for a kind without a name. */
function getValueKind(operators: JsonSchema): string {
  const [first] = Object.values(operators).filter(isObject)
  const { format, type } = first ?? {}
  if (format === 'edtf') return 'Date'
  if (format === 'uuid') return 'Id'
  if (type === 'number' || type === 'integer') return 'Number'
  if (type !== 'string') return ''
  if ('contains' in operators) return 'Text'
  // `Word`: a code, or a value of an enumeration.
  return 'gte' in operators ? 'Time' : 'Word'
}

/** Returns a function that replaces the comparisons of a condition with references to named schemas. */
export const createComparisonNamer =
  (parts: NamedParts, component: string) =>
  (schema: JsonSchema, path: string[]): JsonSchema => {
    const { properties } = schema
    if (!component.endsWith(conditionSuffix) || path.length !== 1 || !isObject(properties)) return schema
    // Every comparison has the operator `eq` or `gte`, unlike the condition on the elements of a list.
    if (!('eq' in properties || 'gte' in properties)) return schema
    // Descriptions of values differ between properties, so they are removed here.
    const operators = Object.fromEntries(
      Object.entries(properties).map(([operator, value]) => [operator, mapSchema(value, operandSchema)]),
    )
    const { description: _, ...rest } = schema
    const fullName = pascalCase(component.slice(0, -conditionSuffix.length), ...path)
    const kind = getValueKind(operators)
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
  const propertiesIn = (name = ''): JsonSchema => Object(components[name]?.properties)
  const constantIn = (name: string, property: string): unknown => Object(propertiesIn(name)[property]).const
  const propertyName = Object.keys(propertiesIn(names[0])).find((property) =>
    names.every((name) => constantIn(name, property) !== undefined),
  )
  if (propertyName === undefined) return schema
  const mapping = Object.fromEntries(
    names.map((name) => [String(constantIn(name, propertyName)), reference(name).$ref]),
  )
  return { ...schema, discriminator: { propertyName, mapping } }
}
