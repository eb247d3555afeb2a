import { type FormField, noParticipant } from '../api/forms.ts'

/** The values of a record or nested object during editing. A number that the user enters is a text until it is sent. */
export type FormValues = Readonly<Record<string, unknown>>

/** Whether a value is an object, and not null or a list. */
export const isPlainObject = (value: unknown): value is FormValues =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A decimal. The groups are its digits and its exponent without the sign. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(?:e[+-]?(\d+))?$/i

/** A JavaScript number keeps all digits of a decimal that has at most this many significant digits. */
const maxDigits = 15

/** Maximum absolute value of the exponent of such a decimal. */
const maxExponent = 99

/** Whether a text is a decimal whose value does not change when it is converted to a number and back. */
function isExact(text: string): boolean {
  const [, digits, exponent = '0'] = decimal.exec(text) ?? []
  if (digits === undefined) return false
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return true
  const significant = digits.replace('.', '').replace(/^0+/, '')
  return significant.length <= maxDigits && Number(exponent) <= maxExponent
}

/** Whether a value is a decimal that is sent as a text, since a number would not keep all of its digits. */
export const isInexact = (value: unknown): value is string =>
  typeof value === 'string' && decimal.test(value) && !isExact(value)

/** Converts an exact decimal to a number. Any other text is returned unchanged, so that the service reports the fault. */
const toNumber = (text: string): unknown => (isExact(text) ? Number(text) : text)

function trimText(text: string, { kind }: FormField): string {
  return kind === 'longText' && text.trim() !== '' ? text : text.trim()
}

/** Converts the value of a field to its value in a request: blank texts become null; texts except long ones are trimmed. */
export function toRequestValue(value: unknown, field: FormField): unknown {
  if (typeof value === 'string') {
    const text = trimText(value, field)
    if (text === '') return null
    return field.kind === 'number' ? toNumber(text.normalize('NFKC')) : text
  }
  if (Array.isArray(value)) return value.map((item) => (field.item ? toRequestValue(item, field.item) : item))
  if (!isPlainObject(value) || !field.fields) return value ?? null
  const sent = toRequestObject(value, field.fields)
  // A nullable object with only empty parts becomes null.
  return field.isNullable && Object.values(sent).every((part) => part === null) ? null : sent
}

/** Converts the values of an object to its properties in a request. Properties without a field are unchanged. */
function toRequestObject(values: FormValues, fields: readonly FormField[]): FormValues {
  const byName = new Map(fields.map((field) => [field.name, field]))
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const field = byName.get(name)
      const sent = field ? toRequestValue(value, field) : value
      // Null is left out if the property may not be null. If it is required, the service reports that it is missing.
      return sent === null && field && !field.isNullable ? [] : [[name, sent]]
    }),
  )
}

/** Returns the document that creates a record, without properties that are null. */
export function toDocument(values: FormValues, fields: readonly FormField[]): FormValues {
  const sent = toRequestObject(values, fields)
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null))
}

/** Returns the JSON of a value with sorted properties, so that equal values have equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : (inner ?? null),
  )

/** Whether two values have the same JSON, apart from the order of properties. */
export const isEqual = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other)

/** Adds null for each property of `before` that `sent` lacks, since a merge patch does not change omitted properties. */
const addNullsForOmitted = (before: unknown, sent: unknown): unknown =>
  isPlainObject(before) && isPlainObject(sent)
    ? { ...Object.fromEntries(Object.keys(before).map((name) => [name, null])), ...sent }
    : sent

/** Returns the merge patch (RFC 7396) from a record to the entered values: the properties that differ. */
export function toPatch(before: FormValues, values: FormValues, fields: readonly FormField[]): FormValues {
  const changes = fields.flatMap((field) => {
    const sent = toRequestValue(values[field.name], field)
    const stored = before[field.name]
    return isEqual(stored, sent) ? [] : [[field.name, addNullsForOmitted(stored, sent)] as const]
  })
  return Object.fromEntries(changes)
}

/** Whether the entered values differ from those of a record. */
export const hasChanges = (before: FormValues, values: FormValues, fields: readonly FormField[]): boolean =>
  Object.keys(toPatch(before, values, fields)).length > 0

/** Returns a new item of a list, without values except an initial role. */
export function emptyItem({ kind, fields = [] }: FormField): unknown {
  if (kind === 'object') return Object.fromEntries(fields.map((field) => [field.name, emptyPart(field)]))
  if (kind !== 'participant') return ''
  const others = fields.map((field) => [field.name, emptyPart(field)] as const)
  return { ...noParticipant, ...Object.fromEntries(others) }
}

/** Returns the initial value of a field in a new item. The initial role is the first of `values`, the most common role. */
const emptyPart = (field: FormField): unknown =>
  field.name === 'role' ? (field.values?.[0] ?? null) : field.kind === 'list' ? [] : null

/** Returns the list with the item at `position` replaced. */
export const replaceAt = (list: readonly unknown[], position: number, item: unknown): unknown[] =>
  list.map((one, index) => (index === position ? item : one))
