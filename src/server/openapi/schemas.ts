import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { collectNamed, schemaNames } from '../../model/schema-names.ts'
import { references } from '../../model/schemas.ts'
import { mapSchema, removeTexts, simplify } from './map-schema.ts'
import {
  addDiscriminator,
  addEnumUsers,
  createComparisonNamer,
  createEnumNamer,
  isEnum,
  NamedParts,
} from './named-parts.ts'
import { pascalCase, schemaPrefix } from './shared-parts.ts'

/** A JSON Schema of OpenAPI 3.1. */
export type JsonSchema = Record<string, unknown>

type Direction = 'input' | 'output'

/** Formats whose patterns are redundant. */
const formatsWithoutPattern = ['date-time', 'date', 'uuid']

/** Makes exclusive bounds of integers inclusive, and removes them from decimals: generators expect the form of OpenAPI 3.0. */
function removeExclusiveBounds(schema: z.core.JSONSchema.BaseSchema): void {
  const { exclusiveMinimum, exclusiveMaximum, type } = schema
  delete schema.exclusiveMinimum
  delete schema.exclusiveMaximum
  if (type !== 'integer') return
  if (typeof exclusiveMinimum === 'number') schema.minimum = exclusiveMinimum + 1
  if (typeof exclusiveMaximum === 'number') schema.maximum = exclusiveMaximum - 1
}

/** Adds the resource of a key as the extension `x-refers-to`, so that a form can offer the resource's records. */
function addReference(zodSchema: z.core.$ZodType, schema: z.core.JSONSchema.BaseSchema): void {
  const resource = references.get(zodSchema)
  if (resource !== undefined) schema['x-refers-to'] = resource
}

/** The argument of zod's option `override`: a schema, and the JSON Schema that zod has generated from it. */
interface OverrideContext {
  zodSchema: z.core.$ZodType
  jsonSchema: z.core.JSONSchema.BaseSchema
}

/**
 * Removes keywords of JSON Schema that clients cannot use, simplifies patterns and bounds, and adds `x-refers-to` and the format of
 * numbers.
 */
const override = ({ zodSchema, jsonSchema }: OverrideContext) => {
  addReference(zodSchema, jsonSchema)
  if (formatsWithoutPattern.includes(jsonSchema.format ?? '')) delete jsonSchema.pattern
  // Code generators treat a property with a default as required, even in requests.
  delete jsonSchema.default
  // Otherwise some languages read numbers with the precision of 32 bits.
  if (jsonSchema.type === 'number') jsonSchema.format = 'double'
  // Every property name is a string.
  delete jsonSchema.propertyNames
  // Such a pattern only forbids blank texts and blanks at the ends; the fault of a request explains this.
  if (jsonSchema.pattern?.startsWith('^\\S') || jsonSchema.pattern === '\\S') delete jsonSchema.pattern
  // JSON Schema has no delimiters of patterns: some generators escape `/` once more, and their code does not compile.
  if (jsonSchema.pattern !== undefined)
    jsonSchema.pattern = jsonSchema.pattern.replaceAll(/\\(.)/g, (whole, character) =>
      character === '/' ? '/' : whole,
    )
  removeExclusiveBounds(jsonSchema)
}

const schemaOptions = (io: Direction) => ({ target: 'draft-2020-12', io, override }) as const

function toComponents(
  registry: z.core.$ZodRegistry<{ id: string }>,
  io: Direction,
): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { ...schemaOptions(io), uri: (id) => `${schemaPrefix}${id}` })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const { $schema, $id, ...rest } = schema
      return [id, rest]
    }),
  )
}

/** Returns the name of the component to which a schema itself refers. */
const referencedName = ({ $ref }: JsonSchema): string | undefined =>
  typeof $ref === 'string' ? $ref.slice(schemaPrefix.length) : undefined

/** Returns the schema with other names in its references, at every depth. */
const renameReferences = (schema: JsonSchema, rename: (id: string) => string): JsonSchema =>
  mapSchema(schema, (inner) => {
    const name = referencedName(inner)
    return name === undefined ? inner : { ...inner, $ref: `${schemaPrefix}${rename(name)}` }
  })

/** Returns the names of the components to which a schema refers, at every depth. */
const listReferences = (schema: unknown): string[] =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, id = '']) => id)

/**
 * Returns the names whose schemas differ between requests and responses, in themselves or in a schema that they refer to. Each
 * other name has one component for both.
 */
function findDiffering(inputs: Record<string, JsonSchema>, outputs: Record<string, JsonSchema>): Set<string> {
  const shared = Object.keys(inputs).filter((id) => id in outputs)
  const found = new Set(shared.filter((id) => !isDeepStrictEqual(inputs[id], outputs[id])))
  const referencesById = shared.map((id) => [id, listReferences(inputs[id])] as const)
  for (let sizeBefore = -1; sizeBefore !== found.size; ) {
    sizeBefore = found.size
    for (const [id, references] of referencesById)
      if (references.some((reference) => found.has(reference))) found.add(id)
  }
  return found
}

/** The named schemas of the OpenAPI document, and the references to them. */
export interface Schemas {
  /** Returns all named schemas, including the enumerations that `nameEnums` has added. */
  components(): Record<string, JsonSchema>
  /** Returns a `$ref` if the schema has a name, otherwise the schema inline. */
  toJson(schema: z.core.$ZodType, io: Direction): JsonSchema
  /** Returns the schema of a parameter with references to named enumerations. @param singular of its resource. */
  nameEnums(schema: JsonSchema, singular: string | undefined, name: string, operationId: string): JsonSchema
}

/**
 * Removes the pattern, the minimum length, `x-refers-to` and the texts of a merge patch's property, since the schema of the whole
 * record has them. A pattern stays if it alone limits the length of a text.
 */
const toPatchProperty = ({ pattern, minLength, 'x-refers-to': _, ...rest }: JsonSchema): JsonSchema =>
  removeTexts({ ...rest, ...(rest.maxLength === undefined && pattern !== undefined && { pattern }) })

const removeExamples = ({ examples, ...rest }: JsonSchema): JsonSchema => rest

/** Removes a description that only repeats the name of the property, such as "Title." of `title`. */
function removeTrivialDescription(name: string, schema: unknown): unknown {
  const { description, ...rest } = Object(schema)
  return String(description).toLowerCase() === `${name.toLowerCase()}.` ? rest : schema
}

/**
 * Removes repetitions, which would be most of the document: the texts of merge patches, descriptions that only repeat the
 * name of the property, and all examples except those of whole records in requests.
 */
function removeRepetitions(schema: JsonSchema, component: string, singular: string): JsonSchema {
  const { examples, properties, ...rest } = schema
  const shorten = component.endsWith('Patch') ? toPatchProperty : removeExamples
  const shortened = Object.entries(properties ?? {}).map(([name, property]) => [
    name,
    removeTrivialDescription(name, mapSchema(property, shorten)),
  ])
  return {
    ...rest,
    ...(properties !== undefined && { properties: Object.fromEntries(shortened) }),
    ...(component === `${singular}Input` && examples !== undefined && { examples }),
  }
}

/** Returns the schema inside a nullable schema; for any other schema, an empty one. */
const unwrapNullable = ({ anyOf }: JsonSchema): JsonSchema =>
  Object(Array.isArray(anyOf) ? anyOf[0] : undefined)

/** Returns the description of a schema, or of the schema inside a nullable schema. */
const findDescription = (schema: JsonSchema): unknown =>
  schema.description ?? unwrapNullable(schema).description

/** Removes descriptions from the schema of a request, and from its properties, if they are the same in the schema of the response. */
function removeSharedDescriptions(output: JsonSchema, input: JsonSchema): JsonSchema {
  const { description, ...rest } = input
  const outputProperties = Object(output.properties)
  const properties = Object.entries(Object(input.properties)).map(([name, property]): [string, unknown] => {
    // The properties of a schema are schemas.
    const isSame = findDescription(property as JsonSchema) === findDescription(Object(outputProperties[name]))
    return [name, isSame ? mapSchema(property, removeTexts) : property]
  })
  const whole = description === output.description ? rest : input
  return { ...whole, properties: Object.fromEntries(properties) }
}

/**
 * Removes from the components of requests the descriptions that the components of responses have, and from references the
 * descriptions that the referenced component has.
 */
function removeRepeatedDescriptions(given: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const components = Object.fromEntries(
    Object.entries(given).map(([name, schema]): [string, JsonSchema] => {
      const output = given[name.replace(/Input$/, '')]
      return [name, output && output !== schema ? removeSharedDescriptions(output, schema) : schema]
    }),
  )
  const shorten = (schema: JsonSchema): JsonSchema => {
    const { description, ...rest } = schema
    const target = referencedName(schema) ?? referencedName(unwrapNullable(schema))
    return target !== undefined && components[target]?.description === description ? rest : schema
  }
  return Object.fromEntries(
    Object.entries(components).map(([name, schema]) => [name, mapSchema(schema, shorten)]),
  )
}

/** A `maxLength` above this number of characters stays in responses: it tells clients to show the text in a larger control. */
const maxShortTextLength = 1000

/**
 * Removes, from a schema that no request uses, the constraints that only requests must satisfy, and
 * `additionalProperties: false`, since later versions of the service may add properties.
 */
function toResponse(given: JsonSchema): JsonSchema {
  const { pattern, minLength, maxItems, minItems, minimum, 'x-refers-to': _, ...schema } = given
  const { additionalProperties, maxLength, ...open } = schema
  return {
    ...open,
    ...(Number(maxLength) > maxShortTextLength && { maxLength }),
    ...(additionalProperties !== undefined && additionalProperties !== false && { additionalProperties }),
  }
}

/** Compares components by the order in which their parts are named: short names first, and `…Where` components last. */
function compareComponents(one: string, other: string): number {
  const isLast = (name: string) => Number(name.endsWith('Where'))
  return isLast(one) - isLast(other) || one.length - other.length || (one < other ? -1 : 1)
}

/**
 * Names the enumerations and comparisons in components: `AgreementKind` for `kind` of `Agreement`. Also simplifies the
 * schemas, adds discriminators, and removes repetitions.
 */
function nameParts(all: Record<string, JsonSchema>, parts: NamedParts): Record<string, JsonSchema> {
  const result: Record<string, JsonSchema> = {}
  for (const [component, schema] of Object.entries(all)) {
    addEnumUsers(parts, component, schema)
    parts.addEnum(component, schema)
  }
  for (const [component, given] of Object.entries(all).sort(([one], [other]) =>
    compareComponents(one, other),
  )) {
    const enums = createEnumNamer(parts, component)
    const comparisons = createComparisonNamer(parts, component)
    const change = (schema: JsonSchema, path: string[]) =>
      comparisons(addDiscriminator(enums(simplify(schema), path), all), path)
    // An enumeration has a name already.
    const named = isEnum(given) ? given : mapSchema(given, change)
    result[component] = removeRepetitions(named, component, parts.findSingular(component))
  }
  return result
}

/**
 * Collects the named schemas that bodies, parameters and responses use.
 * @param singulars the singulars of the resources.
 * @throws Error when two different schemas have the same name.
 */
export function collectSchemas(
  roots: { input: z.core.$ZodType[]; output: z.core.$ZodType[] },
  singulars: readonly string[],
): Schemas {
  const inputs = toComponents(collectNamed(roots.input, schemaNames.input), 'input')
  const outputs = toComponents(collectNamed(roots.output, schemaNames.output), 'output')
  const differing = findDiffering(inputs, outputs)
  const inputName = (id: string) => (differing.has(id) ? `${id}Input` : id)
  const toOutput = ([id, schema]: [string, JsonSchema]): [string, JsonSchema] => [
    id,
    id in inputs && !differing.has(id) ? schema : mapSchema(schema, toResponse),
  ]
  const all = {
    ...Object.fromEntries(
      Object.entries(inputs).map(([id, schema]) => [inputName(id), renameReferences(schema, inputName)]),
    ),
    ...Object.fromEntries(Object.entries(outputs).map(toOutput)),
  }
  const toJson = (schema: z.core.$ZodType, io: Direction): JsonSchema => {
    const id = schemaNames[io].get(schema)
    if (id !== undefined) return { $ref: `${schemaPrefix}${io === 'input' ? inputName(id) : id}` }
    if (schema instanceof z.ZodUnion) return { anyOf: schema.options.map((option) => toJson(option, io)) }
    const { $schema, ...inline } = z.toJSONSchema(schema, schemaOptions(io))
    return inline
  }
  const parts = new NamedParts(Object.keys(all), singulars)
  const namedComponents = nameParts(all, parts)
  return {
    components: () =>
      removeRepeatedDescriptions(
        Object.fromEntries(
          Object.entries({ ...namedComponents, ...parts.components }).sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      ),
    toJson,
    nameEnums: (schema, singular, name, operationId) => {
      const replaceEnum = createEnumNamer(parts, pascalCase(singular ?? '', name), [
        pascalCase(operationId, name),
      ])
      return mapSchema(schema, (inner, path) => replaceEnum(simplify(inner), path))
    },
  }
}
