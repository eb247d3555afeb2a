import type { FormField } from '../api/forms.ts'
import { isValues } from './form-values.ts'

/** A property that can be redacted, with the texts that it has in a record. */
export interface Redactable {
  /** JSON pointer without places in lists, as a redaction takes it. */
  pointer: string
  values: string[]
}

/** The values at a pointer, where a list stands for all its items. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, step === undefined ? [] : [step, ...rest]))
  if (step === undefined) return value === null || value === undefined ? [] : [value]
  return isValues(value) ? valuesAt(value[step], rest) : []
}

/** The pointers of a field that can be redacted: those of texts. Objects are not, but their parts are. */
function pointersOf(field: FormField, before: string): string[] {
  const pointer = `${before}/${field.name}`
  if (field.kind === 'list' && field.item) return pointersOf({ ...field.item, name: field.name }, before)
  if (field.fields) return field.fields.flatMap((part) => pointersOf(part, pointer))
  return field.kind === 'text' || field.kind === 'longText' ? [pointer] : []
}

/** The properties of a record that have a text, which a redaction can remove. */
export function redactables(
  fields: readonly FormField[],
  record: Readonly<Record<string, unknown>>,
): Redactable[] {
  return fields
    .flatMap((field) => pointersOf(field, ''))
    .map((pointer) => ({ pointer, values: valuesAt(record, pointer.split('/').slice(1)).map(String) }))
    .filter(({ values }) => values.length > 0)
}

/** How often a text occurs in the values of a record. */
export function countText(value: unknown, text: string): number {
  if (text === '') return 0
  if (typeof value === 'string') return value.split(text).length - 1
  const parts = Array.isArray(value) ? value : isValues(value) ? Object.values(value) : []
  return parts.reduce<number>((sum, part) => sum + countText(part, text), 0)
}
