import { toFaultValue } from '../fault-value.ts'
import type { JsonValue, Row } from '../types.ts'
import { cleanValue, isList, TooLarge } from './clean.ts'

/** Matches strings, which are kept as they are, and integers of 16 digits or more. */
const stringOrLongInteger = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g

/** Parses JSON. Integers of 16 digits or more become texts, since a double may lose digits. Long fractions stay numbers. */
function parseKeepingIntegers(text: string): JsonValue {
  const exact = /\d{16}/.test(text)
    ? text.replaceAll(stringOrLongInteger, (token) => (token.startsWith('"') ? token : `"${token}"`))
    : text
  return JSON.parse(exact)
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
    const value = cleanValue(parseKeepingIntegers(text))
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
  const reason = error instanceof Error ? error.message : String(error)
  return refusedRow(text, number, locator, `The line is not JSON: ${reason}.`)
}
