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
 * Whether the double of a number in JSON gives the number back, in as many digits as it has without
 * zeros at its end. Only such
 * numbers are stored as they were sent.
 */
export function isKept(text: string): boolean {
  if (text.length <= safeDigits && !/e/i.test(text)) return true
  const normalized = normalizeDecimal(text)
  const count = Math.max(1, splitDecimal(normalized).digits.length)
  return count <= maxDigits && normalized === normalizeDecimal(Number(text).toPrecision(count))
}
