import { errorMessage } from '../../../error-message.ts'
import { isLossless } from '../../../model/decimals.ts'
import { toFaultValue } from '../shorten.ts'
import type { JsonValue, Row } from '../types.ts'
import { cleanValue, isList, TooLarge } from './clean.ts'

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
 * Parses the text of a JSON object into a row. The row has a fault if the text is JSON but not an object, or if the object is
 * too large (`cleanValue`).
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJsonRow(text: string, number: number, locator: string): Row {
  try {
    const value = cleanValue(parseKeepingDigits(text))
    if (typeof value === 'object' && value !== null && !isList(value)) {
      return { number, locator, values: value }
    }
    return refusedRow(text, number, locator, 'The row is not a JSON object.')
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
