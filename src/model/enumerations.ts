import { z } from 'zod'
import { ownProperties, type Resource } from './resource.ts'
import { unwrapped } from './schema-names.ts'

/** A property that accepts only the listed words. */
export interface Enumeration {
  /** Path of the property in the record, with dots: `parties.role`. */
  property: string
  words: string[]
}

/** The enumerations inside a schema. */
function findEnumerations(schema: z.core.$ZodType, path: string[]): Enumeration[] {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodEnum) return [{ property: path.join('.'), words: inner.options.map(String) }]
  if (inner instanceof z.ZodArray) return findEnumerations(inner.element, path)
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([name, part]) => findEnumerations(part, [...path, name]))
  return []
}

/** Returns the enumerations of a resource's records, in the order of their properties. */
export const enumerationsOf = (resource: Resource): Enumeration[] =>
  Object.entries(ownProperties(resource)).flatMap(([name, schema]) => findEnumerations(schema, [name]))
