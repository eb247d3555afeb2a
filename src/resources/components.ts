import { z } from 'zod'

type Names = z.core.$ZodRegistry<{ id: string }>

/** Schemas that the OpenAPI document names, as they are sent by clients and as they are answered. */
export const components: { input: Names; output: Names } = { input: z.registry(), output: z.registry() }

const taken = new Map<Names, Map<string, z.ZodType>>([
  [components.input, new Map()],
  [components.output, new Map()],
])

function add<T extends z.ZodType>(names: Names, id: string, schema: T): T {
  const other = taken.get(names)?.get(id)
  // zod would let the second schema silently take the place of the first.
  if (other && other !== schema) throw new Error(`two schemas are named ${id}`)
  taken.get(names)?.set(id, schema)
  names.add(schema, { id })
  return schema
}

/** Names a schema that only clients send; the OpenAPI document appends `Input`. */
export const nameInput = <T extends z.ZodType>(id: string, schema: T): T => add(components.input, id, schema)

/** Names a schema that is only answered. */
export const nameOutput = <T extends z.ZodType>(id: string, schema: T): T =>
  add(components.output, id, schema)

/**
 * Gives a schema a name of its own in the OpenAPI document, where it would otherwise be repeated in place.
 * @throws when the name is taken by another schema.
 */
export const named = <T extends z.ZodType>(id: string, schema: T): T => nameOutput(id, nameInput(id, schema))

/** The schema behind what may be null, left out or defaulted. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return unwrapped(schema.unwrap())
  }
  return schema
}
