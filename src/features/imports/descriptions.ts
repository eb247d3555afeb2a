import { z } from 'zod'

/** Descriptions in the JSON Schema of mappings. The OpenAPI document takes its descriptions from another zod registry. */
export const descriptions = z.registry<{ id?: string; description?: string }>()

/**
 * Adds a description for the JSON Schema of mappings, unless it is empty.
 * @param id name of the schema in the definitions (`$defs`) of the JSON Schema.
 * @returns the schema.
 */
export function describe<Schema extends z.ZodType>(schema: Schema, description: string, id?: string): Schema {
  if (description !== '') descriptions.add(schema, { description, ...(id !== undefined && { id }) })
  return schema
}
