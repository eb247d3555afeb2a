import type { z } from 'zod'

/**
 * Returns a check that a number has at most this many decimals. A JSON number is a double, which rarely equals a decimal.
 * So the check compares the number with the double that is nearest to the rounded decimal.
 */
export const requireDecimals =
  (decimals: number) =>
  (number: number, context: z.RefinementCtx): void => {
    if (Number(number.toFixed(decimals)) === number) return
    context.addIssue({
      code: 'not_multiple_of',
      divisor: 10 ** -decimals,
      input: number,
      message: `${number} is too precise: must have at most ${decimals} decimals`,
    })
  }

/** A decimal as digits and a power of ten. */
export interface Decimal {
  isNegative: boolean
  /** The digits without zeros at the start and the end; empty for zero. */
  digits: string
  /** The power of ten of the last digit. */
  exponent: number
}

/** Splits a number in the syntax of JSON: `-12.50` and `-125e-1` become -, `125` and -1. Leading zeros are allowed. */
export function splitDecimal(text: string): Decimal {
  const [, sign, whole = '', decimals = '', power = '0'] =
    /^(-)?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const written = `${whole}${decimals}`
  // The lookbehind lets the search try each run of zeros only once. Otherwise the time would grow with the square of its length.
  const digits = written.replace(/(?<!0)0+$/, '')
  return {
    isNegative: sign !== undefined,
    digits: digits.replace(/^0+/, ''),
    exponent: Number(power) - decimals.length + written.length - digits.length,
  }
}

/** Returns a decimal in normal form and without its sign: `12.50` and `125e-1` become `125e-1`. */
function normalizeDecimal(text: string): string {
  const { digits, exponent } = splitDecimal(text)
  return digits === '' ? '0' : `${digits}e${exponent}`
}

/** Decimals with up to this number of digits are the same after a conversion to a double and back. */
const safeDigits = 15

/**
 * Whether a number in the syntax of JSON has the same value after JSON.parse and JSON.stringify. Two decimals may have the same
 * double: `8898548999534.641` becomes `8898548999534.64`. Such numbers are refused, since they would be stored with another value.
 */
export function isLossless(text: string): boolean {
  if (text.length <= safeDigits && !/e/i.test(text)) return true
  return normalizeDecimal(text) === normalizeDecimal(String(Number(text)))
}

/**
 * Writes a decimal without exponent and superfluous zeros: `1.0E7` becomes `10000000`.
 * @param text a number in the syntax of JSON.
 * @param maxWhole maximum number of digits before the decimal point.
 * @returns undefined if the decimal needs more digits before or after the decimal point.
 */
export function expandDecimal(text: string, maxWhole: number, maxDecimals: number): string | undefined {
  const { isNegative, digits, exponent } = splitDecimal(text)
  if (digits === '') return '0'
  if (digits.length + exponent > maxWhole || -exponent > maxDecimals) return undefined
  const sign = isNegative ? '-' : ''
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent)
  const padded = digits.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}
