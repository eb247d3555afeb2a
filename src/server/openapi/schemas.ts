import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { collectNamed, schemaNames } from '../../model/schema-names.ts'
import { references } from '../../model/schemas.ts'
import {
  countEnums,
  mapSchema,
  NamedParts,
  namingComparisons,
  namingEnums,
  simplified,
  withDiscriminator,
  withoutTexts,
} from './named-parts.ts'
import { pascalCase } from './shared-parts.ts'

/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Record<string, unknown>

type Direction = 'input' | 'output'

const prefix = '#/components/schemas/'

/** Formats whose patterns are redundant. */
const formatsWithoutPattern = ['date-time', 'date', 'uuid']

/** Writes a bound without `exclusive…`, which generators read in the form of OpenAPI 3.0. That of decimals is left out. */
function withoutExclusive(schema: z.core.JSONSchema.BaseSchema): void {
  const { exclusiveMinimum, exclusiveMaximum, type } = schema
  delete schema.exclusiveMinimum
  delete schema.exclusiveMaximum
  if (type !== 'integer') return
  if (typeof exclusiveMinimum === 'number') schema.minimum = exclusiveMinimum + 1
  if (typeof exclusiveMaximum === 'number') schema.maximum = exclusiveMaximum - 1
}

/** Says which resource a key is of, as the extension `x-refers-to`, so that a form can offer its records. */
function addReference(zodSchema: z.core.$ZodType, schema: z.core.JSONSchema.BaseSchema): void {
  const reference = references.get(zodSchema)
  if (reference && reference.property === undefined) schema['x-refers-to'] = reference.resource
}

/** The argument of zod's option `override`: a schema and the JSON Schema that zod has made of it. */
interface OverrideContext {
  zodSchema: z.core.$ZodType
  jsonSchema: z.core.JSONSchema.BaseSchema
}

/** Removes keywords of zod that clients cannot use, and adds `x-refers-to`. */
const override = ({ zodSchema, jsonSchema }: OverrideContext) => {
  addReference(zodSchema, jsonSchema)
  if (formatsWithoutPattern.includes(jsonSchema.format ?? '')) delete jsonSchema.pattern
  // A property with a default is optional in generated requests, and always present in responses.
  delete jsonSchema.default
  // Otherwise some languages read numbers with the precision of 32 bits.
  if (jsonSchema.type === 'number') jsonSchema.format = 'double'
  // Every property name is a string.
  delete jsonSchema.propertyNames
  // Clients learn from the error of a request that a text has no blanks at its ends.
  if (jsonSchema.pattern?.startsWith('^\\S') || jsonSchema.pattern === '\\S') delete jsonSchema.pattern
  withoutExclusive(jsonSchema)
}

const schemaOptions = (io: Direction) => ({ target: 'draft-2020-12', io, override }) as const

function named(registry: z.core.$ZodRegistry<{ id: string }>, io: Direction): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { ...schemaOptions(io), uri: (id) => `${prefix}${id}` })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const { $schema, $id, ...rest } = schema
      return [id, rest]
    }),
  )
}

function mapReferences(value: unknown, rename: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapReferences(item, rename))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === '$ref' && typeof inner === 'string' && inner.startsWith(prefix)
        ? [key, `${prefix}${rename(inner.slice(prefix.length))}`]
        : [key, mapReferences(inner, rename)],
    ),
  )
}

/**
 * Names whose schemas differ between requests and responses, by themselves or by a schema that they refer to. All others
 * share one component.
 */
function divergent(inputs: Record<string, JsonSchema>, outputs: Record<string, JsonSchema>): Set<string> {
  const shared = Object.keys(inputs).filter((id) => id in outputs)
  const found = new Set(shared.filter((id) => !isDeepStrictEqual(inputs[id], outputs[id])))
  const refersToFound = (schema: unknown) => {
    let hit = false
    mapReferences(schema, (id) => {
      hit ||= found.has(id)
      return id
    })
    return hit
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const id of shared) if (refersToFound(inputs[id])) found.add(id)
  }
  return found
}

/** The named schemas of the OpenAPI document, and how other parts of it refer to a schema. */
export interface Schemas {
  /** All of them, also those that `named` has made. */
  components(): Record<string, JsonSchema>
  /** A `$ref` if the schema has a name, otherwise the schema inline. */
  of(schema: z.core.$ZodType, io: Direction): JsonSchema
  /** Returns the schema of a parameter with references to named enumerations. @param owner singular of its resource. */
  named(schema: JsonSchema, owner: string, name: string, operationId: string): JsonSchema
}

/** Removes from a property of a merge patch the constraints and texts that the schema of the whole record has. */
const inPatch = ({ pattern, minLength, 'x-refers-to': _, ...rest }: JsonSchema): JsonSchema =>
  withoutTexts({ ...rest, ...(rest.maxLength === undefined && pattern !== undefined && { pattern }) })

const withoutExamples = ({ examples, ...rest }: JsonSchema): JsonSchema => rest

/** Removes a description that only repeats the name of the property, such as "Title." of `title`. */
function withoutOwnName(name: string, schema: unknown): unknown {
  const { description, ...rest } = Object(schema)
  return String(description).toLowerCase() === `${name.toLowerCase()}.` ? rest : schema
}

/**
 * Removes repetitions, which would be most of the document: all examples but those of whole records, and descriptions
 * that other components have.
 */
function brief(schema: JsonSchema, component: string, owner: string): JsonSchema {
  const { examples, properties, ...rest } = schema
  const shorten = component.endsWith('Patch') ? inPatch : withoutExamples
  const shortened = Object.entries(properties ?? {}).map(([name, own]) => [
    name,
    withoutOwnName(name, mapSchema(own, [], shorten)),
  ])
  return {
    ...rest,
    ...(properties !== undefined && { properties: Object.fromEntries(shortened) }),
    ...(component === `${owner}Input` && examples !== undefined && { examples }),
  }
}

/** The component that a schema refers to, also if it is nullable. */
function targetOf({ $ref, anyOf }: JsonSchema): string | undefined {
  const reference = $ref ?? (Array.isArray(anyOf) ? Object(anyOf[0]).$ref : undefined)
  return typeof reference === 'string' ? reference.slice(prefix.length) : undefined
}

/** The description of a schema, or of the schema inside a nullable one. */
const describedBy = ({ description, anyOf }: JsonSchema): unknown =>
  description ?? (Array.isArray(anyOf) ? Object(anyOf[0]).description : undefined)

/** Removes from the schema of a request the descriptions that the same property of the response has. */
function withoutDescriptionsOf(output: JsonSchema, input: JsonSchema): JsonSchema {
  const described = Object(output.properties)
  const properties = Object.entries(Object(input.properties)).map(([name, own]): [string, unknown] => {
    // The properties of a schema are schemas.
    const isSame = describedBy(own as JsonSchema) === describedBy(Object(described[name]))
    return [name, isSame ? mapSchema(own, [], withoutTexts) : own]
  })
  return { ...input, properties: Object.fromEntries(properties) }
}

/** Removes descriptions that the component of the response, or the target of a reference, has too. */
function withoutRepetition(given: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const inputOf = /^(.*)Input$/
  const components = Object.fromEntries(
    Object.entries(given).map(([name, own]): [string, JsonSchema] => {
      const output = given[inputOf.exec(name)?.[1] ?? '']
      return [name, output ? withoutDescriptionsOf(output, own) : own]
    }),
  )
  const shorten = (schema: JsonSchema): JsonSchema => {
    const { description, ...rest } = schema
    const target = targetOf(schema)
    return target !== undefined && components[target]?.description === description ? rest : schema
  }
  return Object.fromEntries(
    // Mapping an object gives an object.
    Object.entries(components).map(([name, own]) => [name, mapSchema(own, [], shorten) as JsonSchema]),
  )
}

/**
 * Removes from the schema of a response the constraints that only requests must satisfy, and `additionalProperties: false`,
 * since later versions of the service may add properties.
 */
function asResponse(given: JsonSchema): JsonSchema {
  const { pattern, minLength, maxItems, minItems, minimum, 'x-refers-to': _, ...schema } = given
  const { additionalProperties, maxLength, ...open } = schema
  return {
    ...open,
    // Clients show long texts in another control.
    ...(Number(maxLength) > 1000 && { maxLength }),
    ...(additionalProperties !== undefined && additionalProperties !== false && { additionalProperties }),
  }
}

/** Orders components for naming their parts: shorter names first, and `…Where` components last. */
function byRank(one: string, other: string): number {
  const rank = (name: string) => name.length + (name.endsWith('Where') ? 100 : 0)
  return rank(one) - rank(other) || (one < other ? -1 : 1)
}

/** Names the enumerations and comparisons in components: `AgreementKind` is of `Agreement`. */
function nameParts(all: Record<string, JsonSchema>, parts: NamedParts): Record<string, JsonSchema> {
  const own: Record<string, JsonSchema> = {}
  for (const [component, schema] of Object.entries(all)) countEnums(parts, component, schema)
  for (const component of Object.keys(all).sort(byRank)) {
    const enums = namingEnums(parts, component)
    const comparisons = namingComparisons(parts, component)
    // A schema stays an object.
    const named = mapSchema(all[component], [], (schema, path) =>
      comparisons(withDiscriminator(enums(simplified(schema), path), all), path),
    ) as JsonSchema
    own[component] = brief(named, component, parts.ownerOf(component))
  }
  return own
}

/**
 * Collects the named schemas that bodies and responses are made of.
 * @param owners singulars of the resources.
 * @throws when two different schemas have the same name.
 */
export function collectSchemas(
  roots: { input: z.core.$ZodType[]; output: z.core.$ZodType[] },
  owners: readonly string[],
): Schemas {
  const inputs = named(collectNamed(roots.input, schemaNames.input), 'input')
  const outputs = named(collectNamed(roots.output, schemaNames.output), 'output')
  const differing = divergent(inputs, outputs)
  const inputName = (id: string) => (differing.has(id) ? `${id}Input` : id)
  // Mapping the references of an object gives an object again.
  const renamed = (schema: JsonSchema) => mapReferences(schema, inputName) as JsonSchema
  const sent = ([id, schema]: [string, JsonSchema]): [string, JsonSchema] =>
    // Mapping an object gives an object.
    [id, id in inputs && !differing.has(id) ? schema : (mapSchema(schema, [], asResponse) as JsonSchema)]
  const all = {
    ...Object.fromEntries(Object.entries(inputs).map(([id, schema]) => [inputName(id), renamed(schema)])),
    ...Object.fromEntries(Object.entries(outputs).map(sent)),
  }
  const of = (schema: z.core.$ZodType, io: Direction): JsonSchema => {
    const id = schemaNames[io].get(schema)
    if (id !== undefined) return { $ref: `${prefix}${io === 'input' ? inputName(id) : id}` }
    if (schema instanceof z.ZodUnion) return { anyOf: schema.options.map((option) => of(option, io)) }
    const { $schema, ...inPlace } = z.toJSONSchema(schema, schemaOptions(io))
    return inPlace
  }
  const parts = new NamedParts(Object.keys(all), owners)
  const own = nameParts(all, parts)
  return {
    components: () =>
      withoutRepetition(
        Object.fromEntries(
          Object.entries({ ...own, ...parts.components }).sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
      ),
    of,
    named: (schema, owner, name, operationId) => {
      const renamed = namingEnums(parts, pascalCase(owner, name), [pascalCase(operationId, name)])
      // A schema stays an object.
      return mapSchema(schema, [], (inner, path) => renamed(simplified(inner), path)) as JsonSchema
    },
  }
}
