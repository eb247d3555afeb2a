import { z } from 'zod'
import { getInclude, ownProperties, type Resource } from './resource.ts'
import { unwrapped } from './schema-names.ts'
import { references } from './schemas.ts'

/** A property whose values refer to other records. */
export interface ReferenceProperty {
  /** The JSON text in front of a value: `"country":`, or `"resource":"agreements","id":` for a variant of a union. */
  jsonPrefix: string
  /** Name of the resource of the other records. */
  resource: string
}

/** Finds the reference properties inside the schema of a property. */
function findInSchema(schema: z.core.$ZodType, jsonPrefix: string): ReferenceProperty[] {
  const resource = references.get(schema)
  if (resource !== undefined) return [{ jsonPrefix, resource }]
  const inner = unwrapped(schema)
  if (inner !== schema) return findInSchema(inner, jsonPrefix)
  if (schema instanceof z.ZodArray) return findInSchema(schema.element, jsonPrefix)
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => findInSchema(option, jsonPrefix))
  return schema instanceof z.ZodObject ? findInShape(schema.shape) : []
}

function findInShape(shape: z.core.$ZodShape): ReferenceProperty[] {
  // The literals before a property, which distinguish the variants of a union.
  let literals = ''
  return Object.entries(shape).flatMap(([name, schema]) => {
    const start = `${literals}${JSON.stringify(name)}:`
    const inner = unwrapped(schema)
    literals = inner instanceof z.ZodLiteral ? `${start}${JSON.stringify(inner.value)},` : ''
    return findInSchema(schema, start)
  })
}

/**
 * Returns the properties of a resource's records that refer to other records.
 * @param fields names of the own properties that the records have.
 * @param include names of the includes of these records; included records may also refer to other records.
 * @throws Error for an unknown include.
 */
export function referenceProperties(
  resource: Resource,
  fields: readonly string[],
  include: readonly string[] = [],
): ReferenceProperty[] {
  const own = ownProperties(resource)
  const chosen = Object.fromEntries(fields.flatMap((name) => (own[name] ? [[name, own[name]] as const] : [])))
  const included = include.flatMap((name) => {
    const { records } = getInclude(resource, name)
    return records
      ? referenceProperties(records.resource, Object.keys(ownProperties(records.resource)), records.include)
      : []
  })
  const found = [...findInShape(chosen), ...included]
  return found.filter(
    ({ jsonPrefix, resource }, index) =>
      found.findIndex((other) => other.jsonPrefix === jsonPrefix && other.resource === resource) === index,
  )
}
