import { createScanner, type JSONPath, visit } from 'jsonc-parser'
import { formatPointer } from '../../../problems/faults.ts'
import { type Fault, Problem } from '../../../problems/problem.ts'

const malformed = (detail: string, errors: Fault[] = []) =>
  new Problem('malformed-request', detail, { errors })

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw malformed('The body is not UTF-8.')
  }
}

/** Deepest nesting of a body. Code that walks a body may recurse. */
const maxDepth = 100

/** A cheap check that most bodies pass: with so few brackets, no nesting is too deep. */
function hasFewBrackets(text: string): boolean {
  let count = 0
  for (let at = 0; at < text.length && count <= maxDepth; at += 1) {
    const character = text.charCodeAt(at)
    if (character === 0x5b || character === 0x7b) count += 1
  }
  return count <= maxDepth
}

/** @throws Problem `malformed-request` for a body that is nested too deeply, before anything recurses into it. */
function requireShallow(text: string): void {
  if (hasFewBrackets(text)) return
  const scanner = createScanner(text, true)
  let depth = 0
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const first = text.charAt(scanner.getTokenOffset())
    if (first === '[' || first === '{') depth += 1
    if (first === ']' || first === '}') depth -= 1
    if (depth > maxDepth) throw malformed(`The body is nested more than ${maxDepth} levels deep.`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed(
      `The body is not JSON: ${error instanceof Error ? error.message : 'it cannot be parsed'}.`,
    )
  }
}

/** The parts of a decimal without its sign: digits without leading zeros, and the power of ten of the last digit. */
function splitDecimal(text: string): { digits: string; exponent: number } {
  const [, whole = '', decimals = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  return { digits: `${whole}${decimals}`.replace(/^0+/, ''), exponent: Number(power) - decimals.length }
}

/** Returns a decimal without its sign in one form: `12.50` and `125e-1` are `125e-1`. */
function normalizeDecimal(text: string): string {
  const { digits, exponent } = splitDecimal(text)
  const significant = digits.replace(/0+$/, '')
  return significant === '' ? '0' : `${significant}e${exponent + digits.length - significant.length}`
}

/** So many digits every number of JSON.parse keeps. */
const safeDigits = 15

/** `toPrecision` gives so many digits at most. */
const maxDigits = 100

/**
 * Whether the double of a number in JSON gives the number back, in as many digits as it was written with. Only such
 * numbers are stored as they were sent.
 */
function isKept(text: string): boolean {
  if (text.length <= safeDigits && !/e/i.test(text)) return true
  const count = Math.max(1, splitDecimal(text).digits.length)
  return count <= maxDigits && normalizeDecimal(text) === normalizeDecimal(Number(text).toPrecision(count))
}

/**
 * Finds what JSON.parse drops or rounds silently, or PostgreSQL cannot store: repeated properties, numbers with more digits
 * than a double keeps, NUL, half surrogate pairs.
 */
function findLosses(text: string): Fault[] {
  const faults: Fault[] = []
  // The property names of each object around the current place.
  const open: Set<string>[] = []
  const check = (value: string, toPointer: () => JSONPath, what: string) => {
    const wrong = value.includes('\u0000')
      ? 'a NUL character'
      : value.isWellFormed()
        ? ''
        : 'half of a surrogate pair'
    if (wrong)
      faults.push({ pointer: formatPointer(toPointer()), code: 'bad_text', message: `${what} has ${wrong}` })
  }
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(property, _offset, _length, _line, _character, pathSupplier) {
      const toPointer = () => [...pathSupplier(), property]
      const names = open.at(-1)
      if (names?.has(property)) {
        faults.push({
          pointer: formatPointer(toPointer()),
          code: 'repeated',
          message: 'the property is there twice',
        })
      }
      names?.add(property)
      check(property, toPointer, 'the name')
    },
    onLiteralValue(value, offset, length, _line, _character, pathSupplier) {
      if (typeof value === 'string') check(value, pathSupplier, 'the text')
      if (typeof value !== 'number') return
      const number = text.slice(offset, offset + length)
      if (isKept(number)) return
      const message = `the number ${number.slice(0, 60)} has more digits than can be kept; it would become ${value}`
      faults.push({ pointer: formatPointer(pathSupplier()), code: 'too_precise', message })
    },
  })
  return faults
}

function parseText(text: string): unknown {
  requireShallow(text)
  const value = parse(text)
  const faults = findLosses(text)
  if (faults.length > 0) throw malformed('The body has parts that cannot be kept as they are.', faults)
  return value
}

/**
 * Parses a JSON body strictly. A byte order mark at its start is taken off (RFC 8259, section 8.1).
 * @throws Problem `malformed-request` for bytes that are not UTF-8, text that is not JSON (RFC 8259), a repeated
 * property, a number that would be rounded, and text that PostgreSQL cannot store.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw malformed('The body is empty where JSON is expected.')
  return parseText(decodeText(bytes))
}

/** @throws Problem `malformed-request` for an empty line, or one that begins with a byte order mark. */
function requireJsonLine(line: string): void {
  if (line === '') throw malformed('The line is empty where JSON is expected.')
  if (line.startsWith('\ufeff'))
    throw malformed(
      'The line begins with a byte order mark (U+FEFF), which may stand only at the start of the body.',
    )
}

/** Parses one line of a body. Its problems name the line. */
function parseLine(line: string, at: number): unknown {
  try {
    requireJsonLine(line)
    return parseText(line)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const own = error.errors.length > 0 ? error.errors : [{ code: 'invalid', message: error.message }]
    const errors = own.map((fault) => ({ ...fault, pointer: `/${at + 1}${fault.pointer ?? ''}` }))
    throw malformed(`Line ${at + 1} of the body cannot be read.`, errors)
  }
}

/**
 * Parses NDJSON: a JSON value in each line, none of which is empty. The last line may lack its line break. A byte order
 * mark at the start of the body is taken off.
 * @throws Problem `malformed-request` as `parseJson` does, with the number of the line.
 */
export function parseNdjson(bytes: Buffer): unknown[] {
  const text = decodeText(bytes)
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map(parseLine)
}
