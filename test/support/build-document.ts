import { z } from 'zod'

/** Returns the schema inside `nullable`, `optional` and `default`. */
export function unwrapSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped =
    schema instanceof z.ZodNullable || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
  return wrapped ? unwrapSchema(schema.unwrap()) : schema
}

/** Tells whether a schema is the schema of EDTF dates. */
export const isEdtfSchema = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodString && schema.meta()?.format === 'edtf'

const participantKinds = ['country', 'organization', 'region']

/**
 * Returns a document with every property of a schema. `leaf` returns the values that are neither objects nor lists. A list
 * of participants gets three: a country, an organization and a region.
 */
export function buildDocument(
  schema: z.core.$ZodType,
  leaf: (schema: z.core.$ZodType, pointer: string) => unknown,
  pointer = '',
): unknown {
  const inner = unwrapSchema(schema)
  if (inner instanceof z.ZodArray) {
    const item = unwrapSchema(inner.element)
    const kinds = item instanceof z.ZodObject ? participantKinds.filter((kind) => kind in item.shape) : []
    if (!(item instanceof z.ZodObject) || kinds.length < participantKinds.length) {
      return [buildDocument(item, leaf, `${pointer}/0`)]
    }
    return kinds.map((kind, index) => {
      const others = kinds.filter((other) => other !== kind)
      const shape = Object.entries(item.shape).filter(([property]) => !others.includes(property))
      return buildDocument(z.object(Object.fromEntries(shape)), leaf, `${pointer}/${index}`)
    })
  }
  if (inner instanceof z.ZodDiscriminatedUnion) {
    // The last kind of record that a citation can cite is topics, of which the seed data has records.
    const option = inner.options.at(-1) ?? z.never()
    return buildDocument(option, leaf, pointer)
  }
  if (inner instanceof z.ZodObject) {
    return Object.fromEntries(
      Object.entries(inner.shape).map(([property, value]) => [
        property,
        buildDocument(value, leaf, `${pointer}/${property}`),
      ]),
    )
  }
  return leaf(inner, pointer)
}
