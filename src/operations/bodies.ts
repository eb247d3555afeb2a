import { z } from 'zod'
import { managed, type Resource } from '../model/resource.ts'
import { nameInput } from '../model/schema-names.ts'
import { aNoun } from '../problems/suggest.ts'
import { memoizeByResource } from './response-schemas.ts'
import { managedProperties } from './writing/validation.ts'

/** Schemas of PUT and PATCH bodies for the OpenAPI document. The service validates the resulting document instead. */

function managedShape(resource: Resource): z.ZodRawShape {
  const all: z.ZodRawShape = { [resource.key.property]: resource.key.schema, ...managed }
  return Object.fromEntries(
    managedProperties(resource).flatMap((property) => {
      const schema = all[property]
      const description = 'Set by the registry. It may be sent if it is unchanged.'
      return schema instanceof z.ZodType ? [[property, schema.optional().meta({ description })]] : []
    }),
  )
}

/** Schema of a PUT body: the document, and optionally the properties that the registry sets. */
export const replacementSchema = memoizeByResource((resource) =>
  nameInput(
    `${resource.singular}Replacement`,
    z
      .strictObject({ ...resource.document.shape, ...managedShape(resource) })
      .meta({ description: `The new content of a ${resource.noun}.`, examples: [resource.example] }),
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
  nameInput(
    `${resource.singular}Patch`,
    z.strictObject({ ...patchShape(resource.document.shape), ...managedShape(resource) }).meta({
      description: `Changes of ${aNoun(resource.noun)}, as a JSON merge patch (RFC 7396).`,
      examples: [Object.fromEntries(Object.entries(resource.example).slice(0, 2))],
    }),
  ),
)
