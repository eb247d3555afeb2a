import { hash } from 'node:crypto'

/** JSON of a value with the properties of objects in the order of their names. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join()}}`
}

/** Returns a hash by which equal JSON values are recognised, whatever the order of their properties. 96 bits are enough. */
export const hashValue = (value: unknown): string =>
  hash('sha256', canonicalJson(value), 'base64url').slice(0, 16)
