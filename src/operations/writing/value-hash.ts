import { hash } from 'node:crypto'

/** Returns a value as JSON, with the properties of objects sorted by name. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join()}}`
}

/**
 * Stands for a hash: of an entry without a row, and of a value that a redaction has removed. No value has it, so the value of the
 * record counts as set by others.
 */
export const noHash = ''

/** Returns a hash of a JSON value, with 96 bits. The order of properties does not change the hash. */
export const hashValue = (value: unknown): string =>
  hash('sha256', canonicalJson(value), 'base64url').slice(0, 16)
