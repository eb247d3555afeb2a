import { z } from 'zod'
import { lazyFor } from '../model/lazy.ts'
import { managedSchemas, type Resource } from '../model/resource.ts'
import { registerRequestSchema, unwrapped } from '../model/schema-names.ts'
import { managedProperties } from './writing/validation.ts'

/** Schemas of request bodies, only for the OpenAPI document. The service validates the document that a request results in. */

/** Maximum length of a key in characters. Topics have the longest keys. */
const maxKeyLength = 100

/** Removes the description and the examples, since the schema of the record has them. */
const withoutDescription = (schema: z.ZodType) =>
  schema.meta({ ...schema.meta(), description: undefined, examples: undefined })

function managedShape(resource: Resource): z.ZodRawShape {
  const all: z.ZodRawShape = { [resource.key.property]: resource.key.schema, ...managedSchemas }
  return Object.fromEntries(
    managedProperties(resource).flatMap((property) => {
      const schema = all[property]
      return schema instanceof z.ZodType ? [[property, withoutDescription(schema).optional()]] : []
    }),
  )
}

/**
 * Schema of a whole record in a request: the document, and optionally the properties that the registry sets, so that a
 * record can be sent back as it was read. Creating a single record refuses these properties.
 */
export const inputSchema = lazyFor((resource: Resource) =>
  registerRequestSchema(
    resource.singular,
    z
      .strictObject({ ...resource.document.shape, ...managedShape(resource) })
      .meta({ description: resource.description, examples: [resource.example] }),
  ),
)

/** Returns the properties of an object, or of all variants of a union of objects; undefined for other schemas. */
function getShape(schema: z.core.$ZodType): z.core.$ZodShape | undefined {
  if (schema instanceof z.ZodObject) return schema.shape
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return undefined
  const shapes = schema.options.map(getShape).filter((shape) => shape !== undefined)
  const names = [...new Set(shapes.flatMap((shape) => Object.keys(shape)))]
  return Object.fromEntries(
    names.map((name) => {
      const schemas = shapes.flatMap((shape) => shape[name] ?? [])
      const literals = schemas.flatMap((variant) =>
        variant instanceof z.ZodLiteral ? [...variant.values] : [],
      )
      // The properties of variants are values of enumerations, or keys. The patterns of keys are left out: they would be most of
      // the schema.
      return [name, literals.length === 0 ? z.string().max(maxKeyLength) : z.enum(literals.map(String))]
    }),
  )
}

/** Returns the schema of a non-null value in a merge patch. A nested object is patched, too, and not replaced. */
function patchValueSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = unwrapped(schema)
  const shape = getShape(inner)
  return shape ? z.strictObject(patchShape(shape)) : inner
}

/** Returns the schema of a property in a merge patch: optional, and nullable if a record can lack it, since null removes it. */
function patchSchemaFor(schema: z.core.$ZodType): z.ZodType {
  const value = patchValueSchema(schema)
  return z.optional(z.safeParse(schema, undefined).success ? z.nullable(value) : value)
}

const patchShape = (shape: z.core.$ZodShape): z.ZodRawShape =>
  Object.fromEntries(Object.entries(shape).map(([property, schema]) => [property, patchSchemaFor(schema)]))

/** Schema of a PATCH body (RFC 7396). */
export const patchSchema = lazyFor((resource: Resource) =>
  registerRequestSchema(
    `${resource.singular}Patch`,
    z.strictObject(patchShape(resource.document.shape)).meta({
      description: 'A JSON merge patch (RFC 7396).',
      examples: [Object.fromEntries(Object.entries(resource.example).slice(0, 2))],
    }),
  ),
)
