import { z } from 'zod'

/** Descriptions in the JSON Schema of mappings. They are no part of the OpenAPI document, which has a list of its own. */
export const descriptions = z.registry<{ id?: string; description?: string }>()

/** Adds a description for the JSON Schema. */
export function describe<Schema extends z.ZodType>(schema: Schema, description: string, id?: string): Schema {
  if (description !== '') descriptions.add(schema, { description, ...(id !== undefined && { id }) })
  return schema
}
