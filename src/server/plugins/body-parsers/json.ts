import { maxNdjsonLines } from '../../../operations/writing/ndjson.ts'
import { FaultList, Problem, prefixPointer } from '../../../problems/problem.ts'
import { runInSlices, startSlices } from '../../../time-slice.ts'
import { readJson } from './json-reader.ts'

const malformed = (detail: string) => new Problem('malformed-request', detail)

/** Bytes that are decoded in one step. */
const bytesPerStep = 256 * 1024

/**
 * Decodes UTF-8 in time slices, and drops a byte order mark. In one step, 16 MiB would take a tenth of a second.
 * @throws Problem `malformed-request` for bytes that are not UTF-8.
 */
async function decodeText(bytes: Buffer): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const pause = startSlices()
  const parts: string[] = []
  try {
    if (bytes.length <= bytesPerStep) return decoder.decode(bytes)
    for (let index = 0; index < bytes.length; index += bytesPerStep) {
      parts.push(decoder.decode(bytes.subarray(index, index + bytesPerStep), { stream: true }))
      await pause()
    }
    return parts.join('') + decoder.decode()
  } catch {
    throw malformed('The body is not UTF-8.')
  }
}

/**
 * Parses a JSON body strictly, in time slices. A byte order mark at its start is dropped (RFC 8259, section 8.1).
 * @param maxValues maximum number of values in the body, including nested ones.
 * @throws Problem `malformed-request` for an empty body and bytes that are not UTF-8, and what `readJson` throws.
 */
export async function parseJson(bytes: Buffer, maxValues: number): Promise<unknown> {
  if (bytes.length === 0) throw malformed('The body is empty where JSON is expected.')
  return runInSlices(readJson(await decodeText(bytes), maxValues))
}

/** @throws Problem `malformed-request` for an empty line, or one that begins with a byte order mark. */
function requireJsonLine(line: string): void {
  if (/^[ \t\r]*$/.test(line)) throw malformed('The line is empty where JSON is expected.')
  if (line.startsWith('\ufeff'))
    throw malformed(
      'The line begins with a byte order mark (U+FEFF), which may stand only at the start of the body.',
    )
}

/** Returns the problem with the number of the line that it concerns. The JSON Pointers begin with this number, counted from 1. */
function atLine(problem: Problem, number: number): Problem {
  const errors = new FaultList()
  errors.addProblem(problem, prefixPointer(`/${number}`))
  if (errors.count === 0) {
    errors.add(() => ({ pointer: `/${number}`, code: 'invalid', message: problem.message }))
  }
  return new Problem(problem.type, `Line ${number} of the body cannot be read.`, { errors })
}

/** Returns the lines of a text. The last one may lack its line break. @throws Problem `too-large` for too many. */
function splitLines(text: string): string[] {
  // One line too many, and the empty text after the last line break.
  const lines = text.split('\n', maxNdjsonLines + 2)
  if (text.endsWith('\n') && lines.at(-1) === '') lines.pop()
  if (lines.length <= maxNdjsonLines) return lines
  throw new Problem('too-large', `The body has more than ${maxNdjsonLines} lines.`)
}

/**
 * Parses NDJSON in time slices: each line has a JSON value, and no line is empty. A byte order mark at the start of the body
 * is dropped.
 * @param maxValues maximum number of values in a line, including nested ones.
 * @throws Problem as `parseJson` does, with the number of the line unless the body is not UTF-8; `too-large` for too many
 * lines.
 */
export async function parseNdjson(bytes: Buffer, maxValues: number): Promise<unknown[]> {
  const values: unknown[] = []
  const pause = startSlices()
  for (const line of splitLines(await decodeText(bytes))) {
    try {
      requireJsonLine(line)
      values.push(await runInSlices(readJson(line, maxValues)))
      await pause()
    } catch (error) {
      throw error instanceof Problem ? atLine(error, values.length + 1) : error
    }
  }
  return values
}
