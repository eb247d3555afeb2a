import { z } from 'zod'

/** Component names of schemas in the OpenAPI document, for requests and for responses. */
export const schemaNames = {
  input: new WeakMap<z.core.$ZodType, string>(),
  output: new WeakMap<z.core.$ZodType, string>(),
}

/** Registers the component name that a schema has in requests. Returns the schema. */
export function registerRequestSchema<T extends z.ZodType>(id: string, schema: T): T {
  schemaNames.input.set(schema, id)
  return schema
}

/** Registers the component name that a schema has in responses. Returns the schema. */
export function registerResponseSchema<T extends z.ZodType>(id: string, schema: T): T {
  schemaNames.output.set(schema, id)
  return schema
}

/** Returns a schema for one use of a named schema, with a description of this use. The named schema remains a component. */
export const withDescription = (schema: z.ZodType, description: string): z.ZodType =>
  z.lazy(() => schema).meta({ description })

/**
 * Registers the component name that a schema has in requests and in responses. A schema without a name is inlined wherever it is
 * used. Returns the schema.
 */
export const registerSchema = <T extends z.ZodType>(id: string, schema: T): T =>
  registerResponseSchema(id, registerRequestSchema(id, schema))

/** Returns the schema inside nullable, optional and default wrappers. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return unwrapped(schema.unwrap())
  }
  return schema
}

/** Returns the schemas directly inside another schema. */
function innerSchemas(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape)
  if (schema instanceof z.ZodArray) return [schema.element]
  if (schema instanceof z.ZodUnion) return [...schema.options]
  if (schema instanceof z.ZodIntersection) return [schema.def.left, schema.def.right]
  if (schema instanceof z.ZodRecord) return [schema.keyType, schema.valueType]
  if (schema instanceof z.ZodTuple) return [...schema.def.items]
  if (schema instanceof z.ZodLazy) return [schema.unwrap()]
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out]
  const inner = unwrapped(schema)
  return inner === schema ? [] : [inner]
}

/**
 * Collects the named schemas among the given schemas and inside them.
 * @throws Error when two different schemas have the same name: one would silently replace the other in the document.
 */
export function collectNamed(
  roots: z.core.$ZodType[],
  names: WeakMap<z.core.$ZodType, string>,
): z.core.$ZodRegistry<{ id: string }> {
  const found = z.registry<{ id: string }>()
  const byName = new Map<string, z.core.$ZodType>()
  const seen = new Set<z.core.$ZodType>()
  const queue = [...roots]
  for (let schema = queue.pop(); schema; schema = queue.pop()) {
    if (seen.has(schema)) continue
    seen.add(schema)
    const id = names.get(schema)
    if (id !== undefined) {
      const other = byName.get(id)
      if (other && other !== schema)
        throw new Error(`two schemas are named ${id}: give one of them another name`)
      byName.set(id, schema)
      found.add(schema, { id })
    }
    queue.push(...innerSchemas(schema))
  }
  return found
}
