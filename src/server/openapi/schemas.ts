import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { collectNamed, schemaNames } from '../../model/schema-names.ts'

/** A JSON Schema, as OpenAPI 3.1 takes it. */
export type JsonSchema = Record<string, unknown>

type Direction = 'input' | 'output'

const prefix = '#/components/schemas/'

/** Removes keywords that zod writes and clients cannot use. */
const override = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern
}

/** Removes defaults: code generators take a property with a default for required, also in requests. */
const overrideInput = (context: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
  override(context)
  delete context.jsonSchema.default
}

const schemaOptions = (io: Direction) =>
  ({ target: 'draft-2020-12', io, override: io === 'input' ? overrideInput : override }) as const

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
  components: Record<string, JsonSchema>
  /** A reference where the schema has a name, otherwise the schema in place. */
  of(schema: z.core.$ZodType, io: Direction): JsonSchema
}

/**
 * Collects the named schemas that bodies and responses are made of.
 * @throws when two different schemas have the same name.
 */
export function collectSchemas(roots: { input: z.core.$ZodType[]; output: z.core.$ZodType[] }): Schemas {
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
  return { components: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))), of }
}
