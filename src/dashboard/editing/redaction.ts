import type { FormField } from '../api/forms.ts'
import { isPlainObject } from './form-values.ts'

/** A property that can be redacted. */
export interface RedactableProperty {
  /** JSON pointer without list indexes, as a redaction request takes it. */
  pointer: string
  /** The texts that it has in the record. If there are none, it may still have some in earlier versions. */
  values: string[]
}

/** Returns the values at the segments of a JSON pointer. In a list, the segments apply to all items. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, step === undefined ? [] : [step, ...rest]))
  if (step === undefined) return value === null || value === undefined ? [] : [value]
  return isPlainObject(value) ? valuesAt(value[step], rest) : []
}

/**
 * Returns the pointers to the texts of a field that can be redacted, including texts in objects and in lists of objects. A
 * list of texts has none: a redaction can only remove a given text from it.
 */
function pointersOf(field: FormField, parent: string): string[] {
  const pointer = `${parent}/${field.name}`
  if (field.kind === 'list') return field.item?.fields?.flatMap((part) => pointersOf(part, pointer)) ?? []
  if (field.fields) return field.fields.flatMap((part) => pointersOf(part, pointer))
  return field.kind === 'text' || field.kind === 'longText' ? [pointer] : []
}

/** Returns the properties of a record that can be redacted, those with a value first. */
export function findRedactableProperties(
  fields: readonly FormField[],
  record: Readonly<Record<string, unknown>>,
): RedactableProperty[] {
  return fields
    .flatMap((field) => pointersOf(field, ''))
    .map((pointer) => ({ pointer, values: valuesAt(record, pointer.split('/').slice(1)).map(String) }))
    .sort((one, other) => Math.sign(other.values.length) - Math.sign(one.values.length))
}

/** Returns the number of occurrences of a text in a value and its nested values. */
export function countText(value: unknown, text: string): number {
  if (text === '') return 0
  if (typeof value === 'string') return value.split(text).length - 1
  const parts = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : []
  return parts.reduce<number>((sum, part) => sum + countText(part, text), 0)
}
