import type { JsonValue, Row } from '../types.ts'
import { cleanValue, isList, TooLarge } from './clean.ts'

/** Texts, which are kept, and whole numbers that are too long for a double. */
const longNumbers = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g

/** Parses JSON. Whole numbers of 16 digits and more become texts, since numbers would lose digits of them. */
function parseExactly(text: string): JsonValue {
  const exact = /\d{16}/.test(text)
    ? text.replaceAll(longNumbers, (token) => (token.startsWith('"') ? token : `"${token}"`))
    : text
  return JSON.parse(exact)
}

/**
 * Makes a row of the text of a JSON object. The row has a fault if the text is none.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJsonRow(text: string, number: number, locator: string): Row {
  const faulty = (detail: string): Row => ({
    number,
    locator,
    values: {},
    fault: { column: '', value: text.slice(0, 200), detail },
  })
  try {
    const value = cleanValue(parseExactly(text))
    if (typeof value === 'object' && value !== null && !isList(value)) {
      return { number, locator, values: value }
    }
    return faulty('The row is not a JSON object.')
  } catch (error) {
    if (error instanceof TooLarge) return faulty(`The row ${error.message}.`)
    throw error
  }
}

/** Makes a row of a line that is not JSON. */
export const malformedRow = (text: string, number: number, locator: string, error: unknown): Row => ({
  number,
  locator,
  values: {},
  fault: {
    column: '',
    value: text.slice(0, 200),
    detail: `The line is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
  },
})
