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
} from './named-parts.ts'
import { pascalCase } from './shared-parts.ts'

/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Record<string, unknown>

type Direction = 'input' | 'output'

const prefix = '#/components/schemas/'

/** Formats that say more than their patterns. */
const formatsOfOwn = ['date-time', 'date', 'uuid']

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

/** What zod says of a schema that it writes. */
interface Written {
  zodSchema: z.core.$ZodType
  jsonSchema: z.core.JSONSchema.BaseSchema
}

/** Removes keywords that zod writes and clients cannot use, and adds what the schema refers to. */
const override = ({ zodSchema, jsonSchema }: Written) => {
  addReference(zodSchema, jsonSchema)
  if (formatsOfOwn.includes(jsonSchema.format ?? '')) delete jsonSchema.pattern
  // A property with a default is optional in generated requests, and in responses it is always there.
  delete jsonSchema.default
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
  /** A reference where the schema has a name, otherwise the schema in place. */
  of(schema: z.core.$ZodType, io: Direction): JsonSchema
  /** Returns the schema of a parameter with references to named enumerations. @param owner singular of its resource. */
  named(schema: JsonSchema, owner: string, name: string, operationId: string): JsonSchema
}

/** Names the enumerations and comparisons in components, of the shortest names first: `AgreementKind` is of `Agreement`. */
function nameParts(all: Record<string, JsonSchema>, parts: NamedParts): Record<string, JsonSchema> {
  const own: Record<string, JsonSchema> = {}
  for (const [component, schema] of Object.entries(all)) countEnums(parts, component, schema)
  for (const component of Object.keys(all).sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    const enums = namingEnums(parts, component)
    const comparisons = namingComparisons(parts, component)
    // A schema stays an object.
    const named = mapSchema(all[component], [], (schema, path) =>
      comparisons(withDiscriminator(enums(simplified(schema), path), all), path),
    ) as JsonSchema
    const { examples, ...rest } = named
    // Requests and responses show the record as it is read or written. Again at each of their parts, it would be most of
    // the document.
    own[component] = component === parts.ownerOf(component) || !('properties' in rest) ? named : rest
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
  const all = {
    ...Object.fromEntries(Object.entries(inputs).map(([id, schema]) => [inputName(id), renamed(schema)])),
    ...outputs,
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
      Object.fromEntries(
        Object.entries({ ...own, ...parts.components }).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    of,
    named: (schema, owner, name, operationId) => {
      const renamed = namingEnums(parts, pascalCase(owner, name), [pascalCase(operationId, name)])
      // A schema stays an object.
      return mapSchema(schema, [], (inner, path) => renamed(simplified(inner), path)) as JsonSchema
    },
  }
}
