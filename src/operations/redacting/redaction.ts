import { z } from 'zod'
import { toNfcByMarks } from '../../model/characters.ts'
import { managedSchemas, type Resource } from '../../model/resource.ts'
import { unwrapped } from '../../model/schema-names.ts'
import { parsePointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { didYouMean } from '../../problems/suggest.ts'
import type { Document } from '../writing/documents.ts'
import { findReferences, setAt } from '../writing/references.ts'
import { invalidBody } from '../writing/validation.ts'
import { propertyColumns } from './columns.ts'

/** A redaction as functions, one for each kind of stored data. */
export interface Redaction {
  /** Returns the JSON of a record as in responses, without the removed parts. */
  redactRecord(record: Document): Document
  /** Returns the redacted value of a column of a former row. */
  redactColumn(table: string, column: string, value: unknown): unknown
  /** Returns a redacted text outside the record: the reason or actor of a change, or a name in an imported file. */
  redactText(text: string): string
  /** Whether a row of a file, from which the record was imported, may contain what the redaction removes. */
  mayBeIn(row: unknown): boolean
  /** The text to remove. Stored responses that contain it are removed as a whole. Undefined if properties are redacted. */
  text?: string
}

/** Replaces the strings inside a JSON value. */
function mapStrings(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapStrings(inner, replace)]))
}

/**
 * Creates the redaction that replaces a text in everything that clients wrote about a record. Stored texts are compared in
 * the Unicode form NFC: files of imports and writes in psql may have another form.
 * @param text in NFC.
 * @returns functions that throw Problem `invalid-body` if the replacement forms the text again together with the characters next
 *   to it: `xy` in `xyyy`, replaced with `x`.
 */
export function createTextRedaction(resource: Resource, text: string, replacement: string): Redaction {
  const replace = (value: string) => {
    const composed = toNfcByMarks(value)
    if (!composed.includes(text)) return value
    const replaced = toNfcByMarks(composed.replaceAll(text, () => replacement))
    if (!replaced.includes(text)) return replaced
    const message = 'forms the text again together with the characters next to it: choose another one'
    throw invalidBody('request', [{ pointer: '/replacement', code: 'invalid', message }])
  }
  const hasText = (value: unknown): boolean =>
    typeof value === 'string'
      ? toNfcByMarks(value).includes(text)
      : typeof value === 'object' && value !== null && Object.values(value).some(hasText)
  return {
    text,
    redactRecord: (record) => {
      const unchangedProperties = [resource.key.property, 'visibility', ...Object.keys(managedSchemas)]
      // Nobody has written an id that the registry assigns: it has the text by chance.
      const ids = findReferences(resource.document, record).filter(
        ({ resource: target }) => resource.registry.get(target).key.assignedBy === 'registry',
      )
      const withoutIds = structuredClone(record)
      for (const { path } of ids) setAt(withoutIds, path, null)
      const redacted = Object.fromEntries(
        Object.entries(withoutIds).map(([property, value]) => [
          property,
          unchangedProperties.includes(property) ? value : mapStrings(value, replace),
        ]),
      )
      for (const { path, key } of ids) setAt(redacted, path, key)
      return redacted
    },
    redactColumn: (_table, _column, value) => mapStrings(value, replace),
    redactText: replace,
    mayBeIn: hasText,
  }
}

/** A property to redact. */
interface Target {
  /** The names of the properties from the document down to this one. In a list, the path continues in each element. */
  steps: string[]
  /** The replacement: null if the property is nullable. */
  replacement: string | null
  /** Whether the object that has the property becomes null when all its values are, as in a location. */
  nullsParent: boolean
}

/** Whether a schema allows null, with or without a default. */
const isNullable = (schema: z.core.$ZodType): boolean => z.safeParse(schema, null).success

/**
 * Returns the replacement for a value, or why the property cannot be redacted, as the end of a sentence.
 * @param isParentNullable whether the object that has the property may be null.
 */
function findReplacement(
  schema: z.core.$ZodType,
  [step, ...rest]: string[],
  replacement: string,
  isParentNullable = false,
): Omit<Target, 'steps'> | { problem: string } {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodArray && step !== undefined)
    return findReplacement(inner.element, [step, ...rest], replacement)
  if (inner instanceof z.ZodDiscriminatedUnion)
    return { problem: 'it is a required reference to a record, which must stay' }
  if (step !== undefined) {
    const shape: z.core.$ZodShape = inner instanceof z.ZodObject ? inner.shape : {}
    const next = Object.hasOwn(shape, step) ? shape[step] : undefined
    return next
      ? findReplacement(next, rest, replacement, isNullable(schema))
      : { problem: `"${step}" is not a property there${didYouMean(step, Object.keys(shape))}` }
  }
  if (inner instanceof z.ZodArray && !(unwrapped(inner.element) instanceof z.ZodObject))
    return { problem: 'it is a list of values: remove a value from it with `text`' }
  if (inner instanceof z.ZodArray || inner instanceof z.ZodObject)
    return { problem: 'it has properties of its own: name these instead' }
  if (isNullable(schema)) return { replacement: null, nullsParent: isParentNullable }
  if (z.safeParse(inner, replacement).success) return { replacement, nullsParent: false }
  return { problem: `it must not be null, and "${replacement}" is not a valid value for it` }
}

/** Replaces the values of a property. @param value from which `target.steps` lead to them; in a list, they continue in each element. */
function replaceAt(value: unknown, target: Target): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map((item) => replaceAt(item, target))
  const [step, ...rest] = target.steps
  if (step === undefined) return target.replacement
  if (typeof value !== 'object') return value
  const replaced = Object.entries(value).map(([key, inner]) => [
    key,
    key === step ? replaceAt(inner, { ...target, steps: rest }) : inner,
  ])
  const isEmpty = rest.length === 0 && target.nullsParent && replaced.every(([, inner]) => inner === null)
  return isEmpty ? null : Object.fromEntries(replaced)
}

/** Creates the redaction that removes the values of properties. @param targets from `readTargets`. */
export function createPropertyRedaction(resource: Resource, targets: Target[]): Redaction {
  const columns = targets.flatMap((target) =>
    propertyColumns(resource, target.steps).map((stored) => ({ ...target, ...stored })),
  )
  return {
    redactRecord: (record) => {
      const redacted = { ...record }
      for (const target of targets) {
        const [property = '', ...steps] = target.steps
        // Older revisions may have a former name of the property.
        const stored = Object.keys(record).find((name) => (resource.formerNames?.[name] ?? name) === property)
        if (stored !== undefined) redacted[stored] = replaceAt(redacted[stored], { ...target, steps })
      }
      return redacted
    },
    redactColumn: (table, column, value) =>
      columns.filter((stored) => stored.table === table && stored.column === column).reduce(replaceAt, value),
    redactText: (text) => text,
    // Only the mapping of the import says from which values of a row a property was made.
    mayBeIn: () => true,
  }
}

/**
 * Reads the properties to redact.
 * @param pointers JSON pointers without list indexes.
 * @returns the targets, and a fault for each pointer to an unknown property or to one that cannot be redacted.
 */
export function readTargets(
  resource: Resource,
  pointers: string[],
  replacement: string,
): { targets: Target[]; faults: Fault[] } {
  const targets: Target[] = []
  const faults: Fault[] = []
  // A map, since an object would also have properties such as `constructor`.
  const unsuitable = new Map([
    ...Object.keys(managedSchemas).map((name) => [name, 'it is set by the registry'] as const),
    ['visibility', 'it says who can read the record: change it instead'],
    [resource.key.property, `it is the key of the ${resource.noun}, which stays`],
  ])
  for (const [index, pointer] of pointers.entries()) {
    const steps = parsePointer(pointer)
    const problem = unsuitable.get(steps[0] ?? '')
    const found = problem === undefined ? findReplacement(resource.document, steps, replacement) : { problem }
    if ('problem' in found) {
      const message = `"${pointer}" cannot be redacted: ${found.problem}`
      faults.push({ pointer: `/properties/${index}`, code: 'not_redactable', message })
    } else targets.push({ steps, ...found })
  }
  return { targets, faults }
}
