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

/** Number of digits that every double keeps. */
const safeDigits = 15

/**
 * Whether JSON.stringify gives a number in JSON back after JSON.parse, zeros at its ends aside. Only such numbers are stored
 * as they were sent. Two decimals may have the same double: `8898548999534.641` becomes `8898548999534.64`.
 */
export function isKept(text: string): boolean {
  if (text.length <= safeDigits && !/e/i.test(text)) return true
  return normalizeDecimal(text) === normalizeDecimal(String(Number(text)))
}
