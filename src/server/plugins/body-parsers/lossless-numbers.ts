import { splitDecimal } from '../../../model/decimals.ts'

/** Returns a decimal in normal form and without its sign: `12.50` and `125e-1` become `125e-1`. */
function normalizeDecimal(text: string): string {
  const { digits, exponent } = splitDecimal(text)
  return digits === '' ? '0' : `${digits}e${exponent}`
}

/** Decimals with up to this number of digits are the same after a conversion to a double and back. */
const safeDigits = 15

/**
 * Whether a number in JSON has the same value after JSON.parse and JSON.stringify. Two decimals may have the same double:
 * `8898548999534.641` becomes `8898548999534.64`. Such numbers are refused, since they would be stored with another value.
 */
export function isLossless(text: string): boolean {
  if (text.length <= safeDigits && !/e/i.test(text)) return true
  return normalizeDecimal(text) === normalizeDecimal(String(Number(text)))
}
