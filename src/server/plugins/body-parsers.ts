import type { FastifyBodyParser, FastifyInstance, FastifyRequest } from 'fastify'
import { createScanner, type JSONPath, visit } from 'jsonc-parser'
import { pointerOf } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'

/** The formats of JSON that bodies can have. */
const mediaTypes = ['application/json', 'application/merge-patch+json']

/** A JSON value in each line, as exports are; their bodies may be larger, in bytes. */
const lineType = 'application/x-ndjson'
const lineLimit = 16 * 1024 * 1024

const malformed = (detail: string, errors: Fault[] = []) =>
  new Problem('malformed-request', detail, { errors })

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw malformed('The body is not UTF-8.')
  }
}

/** Deepest nesting of a body; everything that walks one may then recurse. */
const deepest = 100

/** Whether a text has no more opening brackets than may be open at once, as bodies seldom do. */
function hasFewBrackets(text: string): boolean {
  let count = 0
  for (let at = 0; at < text.length && count <= deepest; at += 1) {
    const character = text.charCodeAt(at)
    if (character === 0x5b || character === 0x7b) count += 1
  }
  return count <= deepest
}

/** @throws Problem before anything recurses into a body that is nested too deeply. */
function requireShallow(text: string): void {
  if (hasFewBrackets(text)) return
  const scanner = createScanner(text, true)
  let depth = 0
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const first = text.charAt(scanner.getTokenOffset())
    if (first === '[' || first === '{') depth += 1
    if (first === ']' || first === '}') depth -= 1
    if (depth > deepest) throw malformed(`The body is nested more than ${deepest} levels deep.`)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed(
      `The body is not JSON: ${error instanceof Error ? error.message : 'it cannot be parsed'}.`,
    )
  }
}

/** What JSON.parse accepts and then changes or PostgreSQL refuses: properties given twice, NUL, half surrogates. */
function silentLosses(text: string): Fault[] {
  const faults: Fault[] = []
  // The names in each of the objects that are open.
  const open: Set<string>[] = []
  const check = (value: string, pathOf: () => JSONPath, what: string) => {
    const wrong = value.includes('\u0000')
      ? 'a NUL character'
      : value.isWellFormed()
        ? ''
        : 'half of a surrogate pair'
    if (wrong)
      faults.push({ pointer: pointerOf(pathOf()), code: 'bad_text', message: `${what} has ${wrong}` })
  }
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(property, _offset, _length, _line, _character, pathSupplier) {
      const pathOf = () => [...pathSupplier(), property]
      const names = open.at(-1)
      if (names?.has(property)) {
        faults.push({
          pointer: pointerOf(pathOf()),
          code: 'repeated',
          message: 'the property is there twice',
        })
      }
      names?.add(property)
      check(property, pathOf, 'the name')
    },
    onLiteralValue(value, _offset, _length, _line, _character, pathSupplier) {
      if (typeof value === 'string') check(value, pathSupplier, 'the text')
    },
  })
  return faults
}

/**
 * Reads a JSON body without losing anything in silence.
 * @throws Problem `malformed-request` for bytes that are not UTF-8, text that is not JSON (RFC 8259), a property
 * given twice, and text that cannot be kept.
 */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw malformed('The body is empty where JSON is expected.')
  const text = textOf(bytes)
  requireShallow(text)
  const value = parsed(text)
  const faults = silentLosses(text)
  if (faults.length > 0) throw malformed('The body has parts that cannot be kept as they are.', faults)
  return value
}

/** Reads one line of a body; what is wrong with it is said of the line. */
function readLine(line: string, at: number): unknown {
  try {
    return readJson(Buffer.from(line))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const own = error.errors.length > 0 ? error.errors : [{ code: 'invalid', message: error.message }]
    const errors = own.map((fault) => ({ ...fault, pointer: `/${at + 1}${fault.pointer ?? ''}` }))
    throw malformed(`Line ${at + 1} of the body cannot be read.`, errors)
  }
}

/**
 * Reads a body with a JSON value in each line. The last line may be ended or not; none is empty.
 * @throws Problem `malformed-request` as for JSON, with the line.
 */
export function readLines(bytes: Buffer): unknown[] {
  const text = textOf(bytes)
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map(readLine)
}

function requirePlain(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new Problem('unsupported-media-type', `The body is in the encoding "${encoding}"; send it as it is.`)
}

function requireCharset(request: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
  if (charset && !/^utf-?8$/i.test(charset)) {
    throw new Problem('unsupported-media-type', `The body is in ${charset}; JSON is sent in UTF-8.`)
  }
}

/** Lets the app read JSON bodies, and refuses compressed ones. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parserOf =
    (read: (bytes: Buffer) => unknown): FastifyBodyParser<Buffer> =>
    (request, bytes, done) => {
      try {
        requirePlain(request)
        requireCharset(request)
        done(null, read(Buffer.from(bytes)))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    }
  app.addContentTypeParser(mediaTypes, { parseAs: 'buffer' }, parserOf(readJson))
  app.addContentTypeParser(lineType, { parseAs: 'buffer', bodyLimit: lineLimit }, parserOf(readLines))
}
