import { z } from 'zod'
import { unwrapped } from '../../../model/schema-names.ts'
import { references, repeatableLists } from '../../../model/schemas.ts'

/** The type of values that a property of a resource takes, from its schema. */
export type Target =
  | { kind: 'object'; schema: z.core.$ZodType; properties: Record<string, Target> }
  | { kind: 'list'; schema: z.core.$ZodType; items: Target; isRepeatable: boolean }
  | { kind: 'reference'; schema: z.core.$ZodType; resource: string }
  | { kind: 'enumeration'; schema: z.core.$ZodType; words: readonly string[] }
  | { kind: 'date' | 'number' | 'text'; schema: z.core.$ZodType }

const targets = new WeakMap<z.core.$ZodType, Target>()

/** Returns the target of a property by its schema. */
export function getTarget(schema: z.core.$ZodType): Target {
  const target = targets.get(schema) ?? readTarget(schema)
  targets.set(schema, target)
  return target
}

function readTarget(schema: z.core.$ZodType): Target {
  const resource = findReferencedResource(schema)
  if (resource !== undefined) return { kind: 'reference', schema, resource }
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) {
    const properties = Object.entries(inner.shape).map(([name, part]) => [name, getTarget(part)])
    return { kind: 'object', schema, properties: Object.fromEntries(properties) }
  }
  if (inner instanceof z.ZodArray)
    return { kind: 'list', schema, items: getTarget(inner.element), isRepeatable: repeatableLists.has(inner) }
  if (inner instanceof z.ZodEnum) return { kind: 'enumeration', schema, words: inner.options.map(String) }
  if (inner instanceof z.ZodNumber) return { kind: 'number', schema }
  const isDate = inner instanceof z.ZodType && inner.meta()?.format === 'edtf'
  return { kind: isDate ? 'date' : 'text', schema }
}

function findReferencedResource(schema: z.core.$ZodType): string | undefined {
  const resource = references.get(schema)
  const inner = unwrapped(schema)
  return resource ?? (inner === schema ? undefined : references.get(inner))
}

/** Whether a property must be given. */
export const isRequired = (schema: z.core.$ZodType): boolean => !z.safeParse(schema, undefined).success
