import type { FormField } from '../api/forms.ts'

/** A record, or a part of it, while it is edited. Numbers are kept as typed text until the form is sent. */
export type FormValues = Readonly<Record<string, unknown>>

export const isValues = (value: unknown): value is FormValues =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Maximum digits that a JavaScript number keeps. Longer numbers are sent as text, which the service refuses. */
const maxDigits = 15

/** Returns a typed number as a number. Other text is returned unchanged, so that the service reports its fault. */
function toNumber(text: string): unknown {
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) && text.replaceAll(/\D/g, '').length <= maxDigits
  return isNumber ? Number(text) : text
}

function trimText(text: string, { kind }: FormField): string {
  return kind === 'longText' && text.trim() !== '' ? text : text.trim()
}

/** Returns the value to send: trimmed, and null for an empty one. */
export function toSent(value: unknown, field: FormField): unknown {
  if (typeof value === 'string') {
    const text = trimText(value, field)
    if (text === '') return null
    return field.kind === 'number' ? toNumber(text) : text
  }
  if (Array.isArray(value)) return value.map((item) => (field.item ? toSent(item, field.item) : item))
  if (!isValues(value) || !field.fields) return value ?? null
  const sent = toSentObject(value, field.fields)
  // An object with only empty parts is null.
  return field.isNullable && Object.values(sent).every((part) => part === null) ? null : sent
}

/** The parts of an object to send. Parts without a field are sent unchanged. */
function toSentObject(values: FormValues, fields: readonly FormField[]): FormValues {
  const byName = new Map(fields.map((field) => [field.name, field]))
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const field = byName.get(name)
      const sent = field ? toSent(value, field) : value
      // A required part that is null is missing: the service then says that it is required.
      return sent === null && field && !field.isNullable ? [] : [[name, sent]]
    }),
  )
}

/** The document that creates a record, without empty properties. */
export function toDocument(values: FormValues, fields: readonly FormField[]): FormValues {
  const sent = toSentObject(values, fields)
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null))
}

/** The JSON of a value with its properties in order, so that equal values have equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) =>
    isValues(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : (inner ?? null),
  ) ?? 'null'

export const isEqual = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)

/** The merge patch (RFC 7396) from a record to the entered values: the properties that differ. */
export function toPatch(before: FormValues, values: FormValues, fields: readonly FormField[]): FormValues {
  const changes = fields.flatMap((field) => {
    const sent = toSent(values[field.name], field)
    return isEqual(before[field.name], sent) ? [] : [[field.name, sent] as const]
  })
  return Object.fromEntries(changes)
}

/** A new item of a list. */
export function emptyItem({ kind, fields = [] }: FormField): unknown {
  if (kind === 'object') return Object.fromEntries(fields.map((field) => [field.name, emptyPart(field)]))
  if (kind !== 'participant') return ''
  const others = fields.map((field) => [field.name, emptyPart(field)] as const)
  return { country: null, organization: null, region: null, ...Object.fromEntries(others) }
}

/** A participant has the first of its roles, which is the most usual one. */
const emptyPart = (field: FormField): unknown =>
  field.name === 'role' ? (field.values?.[0] ?? null) : field.kind === 'list' ? [] : null

/** Replaces an item of a list. */
export const replaceAt = (list: readonly unknown[], position: number, item: unknown): unknown[] =>
  list.map((one, index) => (index === position ? item : one))
