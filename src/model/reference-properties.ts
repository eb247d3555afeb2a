import { z } from 'zod'
import { ownProperties, type Resource } from './resource.ts'
import { unwrapped } from './schema-names.ts'
import { type Reference, references } from './schemas.ts'

/** A property whose values refer to other records. */
export interface ReferenceProperty {
  /** The JSON text in front of a value: `"country":`, or `"resource":"agreements","id":` for a variant of a union. */
  jsonPrefix: string
  reference: Reference
  /** The section of a dictionary of names: the resource, or the property if its values are not the resource's keys. */
  section: string
}

/** Finds the reference properties inside a schema. @param name name of the property that has the schema. */
function propertiesIn(schema: z.core.$ZodType, name: string, jsonPrefix: string): ReferenceProperty[] {
  const reference = references.get(schema)
  if (reference) {
    const section = reference.property === undefined ? reference.resource : name
    return [{ jsonPrefix, reference, section }]
  }
  const inner = unwrapped(schema)
  if (inner !== schema) return propertiesIn(inner, name, jsonPrefix)
  if (schema instanceof z.ZodArray) return propertiesIn(schema.element, name, jsonPrefix)
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => propertiesIn(option, name, jsonPrefix))
  return schema instanceof z.ZodObject ? propertiesOfShape(schema.shape) : []
}

function propertiesOfShape(shape: z.core.$ZodShape): ReferenceProperty[] {
  // The literals before a property, which distinguish the variants of a union.
  let literals = ''
  return Object.entries(shape).flatMap(([name, schema]) => {
    const start = `${literals}${JSON.stringify(name)}:`
    const inner = unwrapped(schema)
    literals = inner instanceof z.ZodLiteral ? `${start}${JSON.stringify(inner.value)},` : ''
    return propertiesIn(schema, name, start)
  })
}

/**
 * Returns the properties of a resource's records that refer to other records.
 * @param fields names of the own properties that the records have.
 * @param include names of their includes, whose records may also refer to others.
 */
export function referenceProperties(
  resource: Resource,
  fields: readonly string[],
  include: readonly string[] = [],
): ReferenceProperty[] {
  const own = ownProperties(resource)
  const chosen = Object.fromEntries(fields.flatMap((name) => (own[name] ? [[name, own[name]] as const] : [])))
  const includes = include.length > 0 ? resource.includes() : {}
  const included = include.flatMap((name) => {
    const { records } = includes[name] ?? {}
    return records
      ? referenceProperties(records.resource, Object.keys(ownProperties(records.resource)), records.include)
      : []
  })
  const found = [...propertiesOfShape(chosen), ...included]
  return found.filter(
    ({ jsonPrefix, section }, index) =>
      found.findIndex((other) => other.jsonPrefix === jsonPrefix && other.section === section) === index,
  )
}
