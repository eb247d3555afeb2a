import { errorMessage } from '../../../error-message.ts'
import { isLossless } from '../../../model/decimals.ts'
import { toFaultValue } from '../shorten.ts'
import type { JsonValue, Row } from '../types.ts'
import { cleanText, cleanValue, isList, TooLarge } from './clean.ts'

/**
 * Matches strings, which are kept as they are, and numbers. It also matches a string that does not end: otherwise, it would look for
 * the end again from each further quote.
 */
const stringOrNumber = /"(?:[^"\\]|\\.)*"?|(?<![\d.eE+-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi

/** Matches integers of 16 digits or more. */
const longInteger = /^-?\d{16,}$/

/** Matches every text with a number that a double may not hold: one of many digits, or with an exponent of three digits or more. */
const uncertainNumber = /\d{16}|[\d.]{17}|\de[+-]?\d{3}/i

/** Parses JSON. Integers of 16 digits or more, and other numbers that would not be equal as doubles, become texts. */
function parseKeepingDigits(text: string): JsonValue {
  const keepDigits = (token: string) =>
    token.startsWith('"') || (!longInteger.test(token) && isLossless(token)) ? token : `"${token}"`
  return JSON.parse(uncertainNumber.test(text) ? text.replaceAll(stringOrNumber, keepDigits) : text)
}

/** Returns a row with a fault. @param detail what is wrong with its text. */
const refusedRow = (text: string, number: number, locator: string, detail: string): Row => ({
  number,
  locator,
  values: {},
  fault: { column: '', value: toFaultValue(text), detail },
})

/**
 * Finds a property that an object repeats, since `JSON.parse` uses only its last value. The reader of request bodies
 * (`src/server/plugins/body-parsers`) finds repeated properties, too, but refuses long texts and long numbers, which files may have.
 * @param json a text that `JSON.parse` accepts.
 * @returns its path, with the names of the objects in which it is; undefined if no property is repeated.
 */
function findRepeated(json: string): string | undefined {
  const open: { names?: Set<string>; name: string }[] = []
  let string = ''
  for (let index = 0; index < json.length; index += 1) {
    const character = json[index]
    if (character === '"') {
      const start = index
      index = endOfString(json, start)
      string = json.slice(start, index + 1)
    } else if (character === '{') open.push({ names: new Set(), name: '' })
    else if (character === '[') open.push({ name: '' })
    else if (character === '}' || character === ']') open.pop()
    else if (character === ':') {
      const object = open.at(-1)
      if (!object?.names) continue
      object.name = string.includes('\\') ? String(JSON.parse(string)) : string.slice(1, -1)
      if (object.names.has(object.name))
        return open.flatMap(({ names, name }) => (names ? [name] : [])).join('/')
      object.names.add(object.name)
    }
  }
  return undefined
}

/** Returns the position of the quote that ends a string of JSON. @param start the position of the quote that opens it. */
function endOfString(json: string, start: number): number {
  let index = start + 1
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1
  return index
}

/**
 * Parses the text of a JSON object into a row. The row has a fault if the text is JSON but not an object, if the object repeats a
 * property, or if it is too large (`cleanValue`).
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJsonRow(text: string, number: number, locator: string): Row {
  try {
    const value = cleanValue(parseKeepingDigits(text))
    if (typeof value !== 'object' || value === null || isList(value))
      return refusedRow(text, number, locator, 'The row is not a JSON object.')
    const repeated = findRepeated(text)
    if (repeated === undefined) return { number, locator, values: value }
    const name = toFaultValue(cleanText(repeated))
    return refusedRow(text, number, locator, `The property "${name}" is repeated. Write it once.`)
  } catch (error) {
    if (error instanceof TooLarge) return refusedRow(text, number, locator, `The row ${error.message}.`)
    throw error
  }
}

/** Returns a row with a fault, for a line that is not JSON. */
export const malformedRow = (text: string, number: number, locator: string, error: unknown): Row => {
  const reason = errorMessage(error)
  return refusedRow(text, number, locator, `The line is not JSON: ${reason}.`)
}
