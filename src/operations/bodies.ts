import { z } from 'zod'
import { managedSchemas, type Resource } from '../model/resource.ts'
import { registerRequestSchema } from '../model/schema-names.ts'
import { memoizeByResource } from './response-schemas.ts'
import { managedProperties } from './writing/validation.ts'

/** Schemas of request bodies, only for the OpenAPI document. The service validates the document that a request results in. */

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
export const inputSchema = memoizeByResource((resource) =>
  registerRequestSchema(
    resource.singular,
    z
      .strictObject({ ...resource.document.shape, ...managedShape(resource) })
      .meta({ description: resource.description, examples: [resource.example] }),
  ),
)

/** Returns the schema of a property in a merge patch: optional, nullable, and recursive for objects. */
function patchSchemaFor(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return patchSchemaFor(schema.unwrap())
  }
  const inner = schema instanceof z.ZodObject ? z.strictObject(patchShape(schema.shape)) : schema
  return z.optional(z.nullable(inner))
}

const patchShape = (shape: z.core.$ZodShape): z.ZodRawShape =>
  Object.fromEntries(Object.entries(shape).map(([property, schema]) => [property, patchSchemaFor(schema)]))

/** Schema of a PATCH body (RFC 7396). */
export const patchSchema = memoizeByResource((resource) =>
  registerRequestSchema(
    `${resource.singular}Patch`,
    z.strictObject(patchShape(resource.document.shape)).meta({
      description: 'A JSON merge patch (RFC 7396).',
      examples: [Object.fromEntries(Object.entries(resource.example).slice(0, 2))],
    }),
  ),
)
