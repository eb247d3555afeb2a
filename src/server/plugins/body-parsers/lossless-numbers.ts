/** Splits a decimal into its digits, without sign and leading zeros, and the power of ten of its last digit. */
function splitDecimal(text: string): { digits: string; exponent: number } {
  const [, whole = '', decimals = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  return { digits: `${whole}${decimals}`.replace(/^0+/, ''), exponent: Number(power) - decimals.length }
}

/** Returns a decimal in normal form and without its sign: `12.50` and `125e-1` become `125e-1`. */
function normalizeDecimal(text: string): string {
  const { digits, exponent } = splitDecimal(text)
  const significant = digits.replace(/0+$/, '')
  return significant === '' ? '0' : `${significant}e${exponent + digits.length - significant.length}`
}

/** Decimals with up to this number of digits are the same after a conversion to a double and back. */
const safeDigits = 15

/**
 * Whether a number in JSON has the same value after JSON.parse and JSON.stringify. Only such numbers are stored unchanged.
 * Two decimals may have the same double: `8898548999534.641` becomes `8898548999534.64`.
 */
export function isLossless(text: string): boolean {
  if (text.length <= safeDigits && !/e/i.test(text)) return true
  return normalizeDecimal(text) === normalizeDecimal(String(Number(text)))
}
