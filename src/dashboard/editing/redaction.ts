import type { FormField } from '../api/forms.ts'
import { isCode } from '../api/is-code.ts'
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

/**
 * Counts the occurrences of a text in a value.
 * @param field the field of the value; undefined for a key in a participant or in a reference to a record of one of several
 * resources.
 */
function countIn(value: unknown, text: string, field: FormField | undefined): number {
  if (typeof value === 'string') {
    // A redaction does not change the ids of records, since the registry assigns them.
    const isId = (!field || field.kind === 'reference') && !isCode(value)
    return isId ? 0 : value.normalize('NFC').split(text).length - 1
  }
  if (Array.isArray(value))
    return value.reduce<number>((sum, item) => sum + countIn(item, text, field?.item), 0)
  if (!isPlainObject(value)) return 0
  return Object.entries(value).reduce((sum, [name, part]) => {
    const partField = field?.fields?.find((one) => one.name === name)
    return sum + countIn(part, text, partField)
  }, 0)
}

/**
 * Returns how often a redaction would replace a text in the properties of a record that a form shows. Like the service, compares
 * texts in the Unicode form NFC, and counts neither `visibility` nor ids that the registry assigns.
 */
export function countText(
  fields: readonly FormField[],
  record: Readonly<Record<string, unknown>>,
  text: string,
): number {
  if (text === '') return 0
  const composed = text.normalize('NFC')
  return fields
    .filter(({ name }) => name !== 'visibility')
    .reduce((sum, field) => sum + countIn(record[field.name], composed, field), 0)
}
