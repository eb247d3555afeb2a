import type { FormField } from '../api/forms.ts'
import { isPlainObject } from './form-values.ts'

/** A property that can be redacted. */
export interface RedactableProperty {
  /** JSON pointer without list indexes, in the form that a redaction request expects. */
  pointer: string
  kind: FormField['kind']
  /** Its values in the current version, as texts. Earlier versions may have other values. */
  values: string[]
}

/** Returns the values at the segments of a JSON pointer. In a list, the segments apply to all items. */
function valuesAt(value: unknown, [segment, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, segment === undefined ? [] : [segment, ...rest]))
  if (segment === undefined) return value === null || value === undefined ? [] : [value]
  return isPlainObject(value) ? valuesAt(value[segment], rest) : []
}

/**
 * Returns the properties of a field that can be redacted: nullable properties, which become null, and texts, including the
 * properties of objects and of objects in lists. A list of plain values has none: a redaction can only remove a text from it.
 */
function redactableIn(field: FormField, parent: string): Omit<RedactableProperty, 'values'>[] {
  const pointer = `${parent}/${field.name}`
  if (field.kind === 'list') return field.item?.fields?.flatMap((part) => redactableIn(part, pointer)) ?? []
  if (field.fields) return field.fields.flatMap((part) => redactableIn(part, pointer))
  const { kind } = field
  return field.isNullable || kind === 'text' || kind === 'longText' ? [{ pointer, kind }] : []
}

/** Returns the properties of a record that can be redacted, those with a value first. */
export function findRedactableProperties(
  fields: readonly FormField[],
  record: Readonly<Record<string, unknown>>,
): RedactableProperty[] {
  return fields
    .flatMap((field) => redactableIn(field, ''))
    .map((property) => ({
      ...property,
      values: valuesAt(record, property.pointer.split('/').slice(1)).map(String),
    }))
    .sort((one, other) => Math.sign(other.values.length) - Math.sign(one.values.length))
}

function countIn(value: unknown, text: string): number {
  if (typeof value === 'string') return value.normalize('NFC').split(text).length - 1
  const parts = Array.isArray(value) ? value : isPlainObject(value) ? Object.values(value) : []
  return parts.reduce<number>((sum, part) => sum + countIn(part, text), 0)
}

/**
 * Returns how often a text occurs in the properties of a record that a form shows; properties that the service sets do not
 * count. Like the service, compares texts in the Unicode form NFC.
 */
export function countText(
  fields: readonly FormField[],
  record: Readonly<Record<string, unknown>>,
  text: string,
): number {
  if (text === '') return 0
  const composed = text.normalize('NFC')
  return fields.reduce((sum, { name }) => sum + countIn(record[name], composed), 0)
}
