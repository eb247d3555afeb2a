import type { JsonSchema } from './schemas.ts'

/** Functions that change JSON Schemas. */

/** Whether a value is a JSON object, such as a schema. */
export const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Changes a schema. @param path property names from the root. */
type SchemaChange = (schema: JsonSchema, path: string[]) => JsonSchema

/** Returns a copy of a schema in which `change` has replaced the schema and all nested schemas, the innermost first. */
export function mapSchema(value: JsonSchema, change: SchemaChange, path?: string[]): JsonSchema
export function mapSchema(value: unknown, change: SchemaChange, path?: string[]): unknown
export function mapSchema(value: unknown, change: SchemaChange, path: string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSchema(item, change, path))
  if (!isObject(value)) return value
  const inner = Object.entries(value).map(([keyword, child]): [string, unknown] => {
    if (keyword === 'examples' || keyword === 'enum') return [keyword, child]
    if (keyword !== 'properties' || !isObject(child)) return [keyword, mapSchema(child, change, path)]
    const properties = Object.entries(child).map(([name, property]): [string, unknown] => [
      name,
      mapSchema(property, change, [...path, name]),
    ])
    return [keyword, Object.fromEntries(properties)]
  })
  return change(Object.fromEntries(inner), path)
}

/** The bounds that zod gives to integers without bounds of their own. */
const defaultBounds: unknown[] = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]

function removeDefaultBounds({ minimum, maximum, ...rest }: JsonSchema): JsonSchema {
  const ownBounds = Object.entries({ minimum, maximum }).filter(
    ([, bound]) => bound !== undefined && !defaultBounds.includes(bound),
  )
  return { ...rest, ...Object.fromEntries(ownBounds) }
}

/** Returns a nullable schema of one type, except an enumeration, in the form `type: [type, 'null']`; other schemas unchanged. */
function simplifyNullable(schema: JsonSchema): JsonSchema {
  const { anyOf, ...others } = schema
  const [first, second] = Array.isArray(anyOf) ? anyOf.filter(isObject) : []
  const isNullable = second?.type === 'null' && typeof first?.type === 'string' && !('enum' in first)
  return isNullable ? { ...first, ...others, type: [first.type, 'null'] } : schema
}

/** Returns a schema with the shorter form of nullable schemas, and without the default bounds of integers. */
export const simplify = (schema: JsonSchema): JsonSchema => simplifyNullable(removeDefaultBounds(schema))

/** Removes the description and the examples of a schema. */
export const removeTexts = ({ description, examples, ...rest }: JsonSchema): JsonSchema => rest
