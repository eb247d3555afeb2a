import { isLossless } from '../../../model/decimals.ts'
import { formatPointer } from '../../../problems/faults.ts'
import { FaultList, Problem } from '../../../problems/problem.ts'

/**
 * Reads JSON (RFC 8259) in steps, so that a large body does not delay other requests. No library does this and also reports
 * repeated properties. `JSON.parse` uses only the last of them.
 */

/** Limits of every JSON body. */
const jsonLimits = {
  /** Levels of nesting, so that code may recurse through a body. */
  depth: 100,
  /** Characters in the name of a property. */
  nameLength: 200,
  /** Characters in a string value, of which each escape sequence is one. */
  stringLength: 100_000,
  /** Digits in each part of a number. */
  digits: 1000,
} as const

/** A step ends after this number of values or characters. */
const valuesPerStep = 256
const charactersPerStep = 65_536

// V8 stores a backtracking state for each character of a repetition, in limited memory. So the repetition is bounded.
const whitespace = /[ \t\n\r]{1,65536}/y
// Control characters must be escaped.
const plainText = new RegExp(`[^"\\\\\\u0000-\\u001f]{0,${jsonLimits.stringLength}}`, 'y')
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const digits = `\\d{0,${jsonLimits.digits - 1}}`
const number = new RegExp(`-?(?:0|[1-9]${digits})(?:\\.\\d${digits})?(?:[eE][+-]?\\d${digits})?`, 'y')

/** V8 copies slices of a text up to this length. Longer slices refer to the text. */
const maxCopiedLength = 12

const code = (character: string) => character.charCodeAt(0)
const [space, lineFeed, quotationMark, backslash, comma, colon] = [
  code(' '),
  code('\n'),
  code('"'),
  code('\\'),
  code(','),
  code(':'),
]
const [braceOpen, braceClose, bracketOpen, bracketClose] = [code('{'), code('}'), code('['), code(']')]

const literals = new Map<number, readonly [string, boolean | null]>([
  [code('t'), ['true', true]],
  [code('f'), ['false', false]],
  [code('n'), ['null', null]],
])

/** The result of reading the start of an object or array: its first value is read next. */
const opened = Symbol('opened')

type Members = Record<string, unknown>

/** An object or array that has not ended, with the name of its current property. */
type Open = { members: Members; name: string } | { items: unknown[] }

const malformed = (detail: string) => new Problem('malformed-request', detail)
const tooLarge = (detail: string) => new Problem('too-large', detail)
const tooLong = (isName: boolean) =>
  isName
    ? tooLarge(`The name of a property has more than ${jsonLimits.nameLength} characters.`)
    : tooLarge(`A text has more than ${jsonLimits.stringLength} characters.`)

/** Sets a property as `JSON.parse` does: `__proto__` is a name like any other. */
function setMember(members: Members, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value
  else Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true })
}

/** Returns what PostgreSQL cannot store in a text; undefined if it can store the text. */
function findBadText(text: string): string | undefined {
  if (text.includes('\u0000')) return 'a NUL character'
  return text.isWellFormed() ? undefined : 'half of a surrogate pair'
}

/** Reads one JSON text. */
class JsonReader {
  readonly #text: string
  readonly #open: Open[] = []
  readonly faults = new FaultList()
  #index = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Yields between steps, and returns the value. @throws Problem for a text that is not JSON or exceeds a limit. */
  *read(maxValues: number): Generator<undefined, unknown> {
    let stepEnd = charactersPerStep
    for (let count = 1; ; count += 1) {
      if (count > maxValues) throw tooLarge(`The body has more than ${maxValues} values.`)
      if (count % valuesPerStep === 0 || this.#index > stepEnd) {
        yield
        stepEnd = this.#index + charactersPerStep
      }
      let value = this.#readValue()
      if (value === opened) continue
      while (this.#open.length > 0) {
        this.#addValue(value)
        const ended = this.#readSeparator()
        if (!ended) break
        value = ended
      }
      if (this.#open.length > 0) continue
      this.#peek()
      if (this.#index < this.#text.length) throw this.#unexpected()
      return value
    }
  }

  /** Reads a value. @returns `opened` for an object or array that is not empty: its first value is read next. */
  #readValue(): unknown {
    const first = this.#peek()
    if (first === quotationMark) return this.#readString(false)
    if (first === braceOpen || first === bracketOpen) return this.#readNested(first === braceOpen)
    return this.#readScalar(first)
  }

  #readNested(isObject: boolean): unknown {
    if (this.#open.length === jsonLimits.depth) {
      throw malformed(`The body is nested more than ${jsonLimits.depth} levels deep.`)
    }
    this.#index += 1
    if (this.#peek() === (isObject ? braceClose : bracketClose)) {
      this.#index += 1
      return isObject ? {} : []
    }
    this.#open.push(isObject ? { members: {}, name: '' } : { items: [] })
    if (isObject) this.#readName()
    return opened
  }

  /** Adds a value to the innermost object or array. */
  #addValue(value: unknown): void {
    const open = this.#open.at(-1)
    if (!open) return
    if ('items' in open) open.items.push(value)
    else setMember(open.members, open.name, value)
  }

  /** Reads what follows a value: a comma or an end. @returns the object or array if it ends here. */
  #readSeparator(): object | undefined {
    const open = this.#open.at(-1)
    if (!open) return undefined
    const next = this.#peek()
    const isArray = 'items' in open
    if (next === (isArray ? bracketClose : braceClose)) {
      this.#index += 1
      this.#open.pop()
      return isArray ? open.items : open.members
    }
    if (next !== comma) throw this.#unexpected()
    this.#index += 1
    if (!isArray) this.#readName()
    return undefined
  }

  /** Reads the name of the next property of the innermost object. */
  #readName(): void {
    const open = this.#open.at(-1)
    if (this.#peek() !== quotationMark || !open || 'items' in open) throw this.#unexpected()
    open.name = this.#readString(true)
    if (Object.hasOwn(open.members, open.name)) this.#addFault('repeated', 'the property is repeated')
    const bad = findBadText(open.name)
    if (bad) this.#addFault('bad_text', `the name has ${bad}`)
    if (this.#peek() !== colon) throw this.#unexpected()
    this.#index += 1
  }

  /** Reads a string: a value, or the name of a property. */
  #readString(isName: boolean): string {
    const maxLength = isName ? jsonLimits.nameLength : jsonLimits.stringLength
    const start = this.#index
    this.#index += 1
    this.#skip(plainText)
    const isPlain = this.#text.charCodeAt(this.#index) === quotationMark
    // An escape sequence has up to six characters.
    while (this.#text.charCodeAt(this.#index) === backslash && this.#index - start <= maxLength * 6) {
      if (!this.#skip(escaped)) throw this.#unexpected()
      this.#skip(plainText)
    }
    const next = this.#text.charCodeAt(this.#index)
    if (next !== quotationMark) {
      // At a control character or the end of the text, the string is not JSON. At any other character, a limit has ended the
      // reading.
      throw next >= space ? tooLong(isName) : this.#unexpected()
    }
    const length = this.#index - start - 1
    this.#index += 1
    // A longer slice would keep the whole body in memory.
    if (isPlain && length <= maxCopiedLength) return this.#text.slice(start + 1, this.#index - 1)
    const value: string = JSON.parse(this.#text.slice(start, this.#index))
    if (value.length > maxLength) throw tooLong(isName)
    // Only escape sequences can produce NUL or half of a surrogate pair.
    const bad = isPlain || isName ? undefined : findBadText(value)
    if (bad) this.#addFault('bad_text', `the text has ${bad}`)
    return value
  }

  #readScalar(first: number): unknown {
    const start = this.#index
    const [word, value] = literals.get(first) ?? []
    if (word !== undefined && this.#text.startsWith(word, start)) {
      this.#index += word.length
      return value
    }
    if (!this.#skip(number)) throw this.#unexpected()
    const written = this.#text.slice(start, this.#index)
    // JSON.stringify writes 0 for -0. So a -0 would seem to be a change of the stored value.
    const read = Number(written) + 0
    if (!isLossless(written)) {
      const shown = written.slice(0, 60)
      this.#addFault(
        'too_precise',
        `the number ${shown} has more digits than can be stored; it would become ${read}`,
      )
    }
    return read
  }

  /** Moves past a match of the pattern. @returns whether the pattern matched. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#index
    if (!pattern.test(this.#text)) return false
    this.#index = pattern.lastIndex
    return true
  }

  /** Skips white space. @returns the code of the next character; NaN at the end. */
  #peek(): number {
    const code = this.#text.charCodeAt(this.#index)
    if (!(code <= space)) return code
    while (this.#skip(whitespace));
    return this.#text.charCodeAt(this.#index)
  }

  /** Returns the path of the value that is being read. */
  #path(): PropertyKey[] {
    return this.#open.map((open) => ('items' in open ? open.items.length : open.name))
  }

  /** Adds a fault at the path of the value that is being read. */
  #addFault(code: string, message: string): void {
    this.faults.add(() => ({ pointer: formatPointer(this.#path()), code, message }))
  }

  /** Describes the position of the reader for a message. */
  #location(): string {
    let line = 1
    // Splitting the text into lines would take long if most of it is line breaks.
    for (let index = 0; index < this.#index; index += 1)
      if (this.#text.charCodeAt(index) === lineFeed) line += 1
    const column = this.#index - (this.#index > 0 ? this.#text.lastIndexOf('\n', this.#index - 1) : -1)
    return line === 1 ? `character ${column}` : `line ${line}, column ${column}`
  }

  #unexpected(): Problem {
    if (this.#index >= this.#text.length) return malformed('The text is not JSON: it ends too early.')
    const found = JSON.stringify(String.fromCodePoint(this.#text.codePointAt(this.#index) ?? 0))
    return malformed(`The text is not JSON: unexpected ${found} at ${this.#location()}.`)
  }
}

/**
 * Reads a JSON text strictly, in steps.
 * @param maxValues maximum number of values in the text, including nested ones.
 * @returns a generator that yields between steps and returns the value.
 * @throws Problem `malformed-request` for text that is not JSON (RFC 8259), is nested too deeply, repeats a property,
 * or has a number that would be rounded or a text that PostgreSQL cannot store; `too-large` for too many values, or a name
 * or text that is too long.
 */
export function* readJson(text: string, maxValues: number): Generator<undefined, unknown> {
  const reader = new JsonReader(text)
  const value = yield* reader.read(maxValues)
  if (reader.faults.count > 0) {
    throw new Problem('malformed-request', 'The body has parts that cannot be stored unchanged.', {
      errors: reader.faults,
    })
  }
  return value
}
