import { createHash } from 'node:crypto'
import { runInSlices } from '../../time-slice.ts'

/** Minimum number of characters of JSON that a step hashes, except for the last step. */
const charactersInStep = 65_536

/** Matches the parts of a long text. With the flag `u`, no part ends inside a surrogate pair. */
const textParts = new RegExp(`.{1,${charactersInStep}}`, 'gsu')

/** Yields the JSON of a long text in parts. */
function* writeLongText(text: string): Generator<string> {
  yield '"'
  for (const [part] of text.matchAll(textParts)) yield JSON.stringify(part).slice(1, -1)
  yield '"'
}

/** Yields an unambiguous text of a JSON value in small parts, with the properties of each object in the order of their names. */
function* writeJson(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > charactersInStep) {
    yield* writeLongText(value)
    return
  }
  if (typeof value !== 'object' || value === null) {
    // Undefined has no JSON. In a request, only a header or a body that was not sent is undefined.
    yield JSON.stringify(value) ?? 'null'
    return
  }
  const isArray = Array.isArray(value)
  const entries = Object.entries(value)
  if (!isArray) entries.sort(([one], [other]) => (one < other ? -1 : 1))
  yield isArray ? '[' : '{'
  for (const [name, inner] of entries) {
    if (!isArray) yield `${JSON.stringify(name)}:`
    yield* writeJson(inner)
    yield ','
  }
  yield isArray ? ']' : '}'
}

function* hashSteps(value: unknown): Generator<undefined, string> {
  const hash = createHash('sha256')
  let text = ''
  for (const part of writeJson(value)) {
    text += part
    if (text.length < charactersInStep) continue
    hash.update(text)
    text = ''
    yield
  }
  return hash.update(text).digest('base64url')
}

/**
 * Hashes a JSON value in slices, so that a large one does not delay other requests. Equal values have the same hash,
 * whatever the order of the properties of their objects. All versions of the service must compute the same hash, since a client
 * may repeat a request to another version.
 */
export const hashJson = (value: unknown): Promise<string> => runInSlices(hashSteps(value))
