import { isLossless, splitDecimal } from '../../../../model/decimals.ts'
import { quote } from '../../../../problems/faults.ts'
import type { Scalar } from '../../types.ts'
import type { ValueSteps } from '../value-schema.ts'
import { BadValue } from './bad-value.ts'
import { findWrongSign } from './currency-signs.ts'

interface Separators {
  /** The thousands separator; `''` if there is none. */
  group: string
  /** The decimal separator. */
  decimal: string
}

interface NumberFormat extends Separators {
  /** A number in this format, such as `1,234.5`. */
  example: string
}

/**
 * Reads a number of a column.
 * @param currency the currency of an amount. A currency sign in the value must be a sign of it.
 */
export type NumberReader = (value: Scalar, currency?: string) => number | BadValue

/** A space (ordinary, thin or no-break) or an apostrophe. Line breaks and tabs do not separate thousands. */
const separator = "[ \u00a0\u2009\u202f'’]"

/** Groups of three digits, all separated by the same space or apostrophe character. */
const spacedGroups = new RegExp(`^([+-]?\\d{1,3})(${separator})\\d{3}(?:\\2\\d{3})*(?!\\d)`)
const separators = new RegExp(separator, 'g')
/**
 * Full-width forms of ASCII characters, and the ideographic space. NFKC is applied only to these: applied to the whole text, it
 * would also change other characters, such as `²` to `2`.
 */
const fullWidth = /[\uff01-\uff5e\u3000]/g
/** Parentheses around a number, with a currency sign or `%` before or after them. */
const parenthesized = /^[\p{Sc}%]?\s*\((.*)\)\s*[\p{Sc}%]?$/u
/**
 * A number with a minus sign after it, as SAP writes negative amounts. A dash after a decimal separator is no minus sign: it means
 * that there are no cents, as in `500,-`.
 */
const trailingMinus = /^(\d(?:[^-]*[^-.,\s])?)\s*-$/
/** A number with a dash in place of its decimals, such as `500,-`. */
const dashForDecimals = /\d\s*[.,]\s*[-–—]+$/
/** The Chinese words 万 (10⁴), 亿 (10⁸) and 万亿 (10¹²), also in traditional characters, with their powers of ten. */
const powersOfTen = new Map([
  ['万', 4],
  ['萬', 4],
  ['亿', 8],
  ['億', 8],
  ['万亿', 12],
  ['萬億', 12],
])
/** A number with one of these words after it, such as `1.5亿`. */
const withPowerOfTen = /^(.*\d) ?(万亿|萬億|[万萬亿億])$/
/** An integer, even with one of these words, and a minus sign after it. It may be a range that is cut off. */
const integerBeforeMinus = /^\d+ ?(?:万亿|萬億|[万萬亿億])?\s*-$/
/** The text before the first digit. */
const beforeDigits = /^\D*/
/** A number with a unit after it, such as `85.5 ha` or `85.5亩`. */
const withUnit = /^[+-]?\d[\d.,'’\s]*[\p{L}°]/u
const exampleForm = new RegExp(`^1([.,]|${separator})?234([.,])5+$`)

/**
 * Derives a number format from an example.
 * @param example such as `1,234.5`, `1.234,5`, `1 234,5` or `1234.5`.
 * @returns undefined when there is no example, or it is invalid.
 */
export function readNumberFormat(example = ''): NumberFormat | undefined {
  const [, group = '', decimal = ''] = exampleForm.exec(example) ?? []
  return decimal === '' || group === decimal ? undefined : { example, group, decimal }
}

/**
 * Returns the function that reads numbers of a column. Currency signs, except those of other currencies, and `%` before or after
 * a number are ignored, and so is the apostrophe with which spreadsheets mark a text. A minus sign may be after the number, as in
 * SAP, if the number has a separator or the format is stated: without both, `2011-` may be a range that is cut off. Parentheses
 * mean a negative number, as in accounting, even around a number with a minus sign. A currency sign or `%` may be inside or
 * outside the parentheses. Full-width characters, as in Chinese tables, are read like those of ASCII. A number before 万 or 亿 is
 * multiplied by 10⁴ or 10⁸.
 * @param format Default: every unambiguous notation. `1,234` is refused; the point of `1.234` is a decimal point.
 * @param steps the further steps of the mapping. With `round`, a number may have more digits than can be stored. With `times`, 万
 *   and 亿 are refused: `times: 10000` may already be the 万 of the value.
 */
export const compileNumber =
  (format?: NumberFormat, { round, times }: Pick<ValueSteps, 'round' | 'times'> = {}): NumberReader =>
  (value, currency) => {
    if (typeof value === 'number')
      return Number.isFinite(value) ? withoutNegativeZero(value) : outOfRange(String(value))
    const written = String(value).trim()
    const shown = written.replaceAll(fullWidth, (character) => character.normalize('NFKC')).replace(/^'/, '')
    const [, inParentheses] = parenthesized.exec(shown) ?? []
    const text = stripSigns(inParentheses ?? shown, format !== undefined)
    const [, factor = text, word = ''] = (times === undefined && withPowerOfTen.exec(text)) || []
    const ungrouped = factor.replace(spacedGroups, (digits) => digits.replaceAll(separators, ''))
    const decimal = format ? toPlain(ungrouped, format) : toPlainUnambiguous(ungrouped)
    if (decimal instanceof BadValue) return decimal
    if (decimal === undefined || !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(decimal)) {
      return new BadValue(
        `${quote(written)} is not a number${format ? ` of the format ${quote(format.example)}` : ''}.${adviseOn(text, times !== undefined)}`,
      )
    }
    const power = powersOfTen.get(word)
    const plain = power === undefined ? decimal : shiftPoint(decimal, power)
    const read = Number(plain)
    const number = withoutNegativeZero(inParentheses === undefined ? read : -Math.abs(read))
    if (!fitsDouble(number, plain)) return outOfRange(written)
    if (round === undefined && !isLossless(toJsonNumber(plain)))
      return new BadValue(
        `The number ${quote(written)} has more digits than can be stored; it would become ${number}. To round it, write round in the mapping.`,
      )
    return findWrongSign(written, currency) ?? number
  }

/**
 * Removes a currency sign or `%` before or after a number, and moves a minus sign after the number before it.
 * @param isFormatStated whether the mapping states the format. If not, an integer such as `2011-` or `3万-` stays as it is.
 */
const stripSigns = (text: string, isFormatStated: boolean): string =>
  text
    .replaceAll('\u2212', '-')
    .replace(trailingMinus, (whole, digits: string) =>
      isFormatStated || !integerBeforeMinus.test(whole) ? `-${digits}` : whole,
    )
    .replace(/^([+-]?)\s*[\p{Sc}%]?\s*/u, '$1')
    .replace(/[\p{Sc}%]$/u, '')
    .trim()

/**
 * Returns a sentence that says what to do about a text that is not a number, with a space before it, or an empty text.
 * @param hasTimes whether the value has `times`, with which 万 and 亿 are units to take off.
 */
function adviseOn(text: string, hasTimes: boolean): string {
  if (integerBeforeMinus.test(text) && !(hasTimes && withUnit.test(text)))
    return ' If the minus sign is after the number, write number in the mapping.'
  if (dashForDecimals.test(text))
    return ' If the dash means that there are no cents, take it off with the step before or replace.'
  if (text.includes('°')) return ' Write coordinates in decimal degrees, such as 17.97 or -102.6.'
  const [prefix = ''] = beforeDigits.exec(text) ?? []
  if (prefix.length < text.length && /\p{L}/u.test(prefix))
    return ' Take off what stands before the number with the step after or replace. If a word such as million multiplies it, also set times. If currencies or units differ, convert the values in the file.'
  return withUnit.test(text)
    ? ' Take off the unit with the step before or replace. If it is a multiple such as million, also set times. If units differ, convert the values in the file.'
    : ''
}

/** Returns a number in the syntax of JSON, apart from leading zeros: `+.5` and `5.e3` become `0.5` and `5e3`. */
const toJsonNumber = (plain: string): string =>
  plain
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=e|$)/i, '')

const outOfRange = (written: string) => new BadValue(`${quote(written)} is too large or too close to zero.`)

/** Returns 0 for -0. The registry stores -0 as 0, so the next import of the same file would take -0 for a change. */
const withoutNegativeZero = (number: number): number => number + 0

/**
 * Whether a double can hold the number of a text. A number that is too large has become infinite, and one that is too close
 * to zero has become 0.
 */
const fitsDouble = (number: number, text: string): boolean =>
  Number.isFinite(number) && (number !== 0 || !/[1-9]/.test(text.split(/e/i)[0] ?? ''))

function toPlain(text: string, { group, decimal }: Separators): string | undefined {
  const [whole = '', fraction, ...more] = text.split(decimal)
  if (more.length > 0 || (group !== '' && fraction?.includes(group))) return undefined
  const groups = group === '.' || group === ',' ? whole.split(group) : [whole]
  if (groups.length > 1 && !/^[+-]?\d{1,3}(,\d{3})+$/.test(groups.join())) return undefined
  return fraction === undefined ? groups.join('') : `${groups.join('')}.${fraction}`
}

/** Returns a number with a decimal point and without thousands separators, if the text is unambiguous. */
function toPlainUnambiguous(text: string): string | BadValue | undefined {
  if (!text.includes(',')) {
    // Several points can only separate thousands.
    return text.indexOf('.') === text.lastIndexOf('.') ? text : toPlain(text, { group: '.', decimal: ',' })
  }
  if (text.includes('.')) {
    const isDecimalPoint = text.lastIndexOf('.') > text.lastIndexOf(',')
    return toPlain(text, isDecimalPoint ? { group: ',', decimal: '.' } : { group: '.', decimal: ',' })
  }
  if (text.indexOf(',') !== text.lastIndexOf(',')) return toPlain(text, { group: ',', decimal: '.' })
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(text)) {
    return new BadValue(
      `${quote(text)} may be ${text.replace(',', '')} or ${text.replace(',', '.')}. Say in the mapping which it is, with number: "1,234.5" or number: "1.234,5".`,
    )
  }
  return toPlain(text, { group: '.', decimal: ',' })
}

/** Multiplies a number by 10 to the power of `digits`, in decimal notation, to avoid the errors of binary fractions. */
function shiftPoint(number: string, digits: number): string {
  const [mantissa, exponent = '0'] = number.split(/e/i)
  return `${mantissa}e${Number(exponent) + digits}`
}

/**
 * Multiplies two numbers as decimals: 0.1 by 3 is 0.3, not 0.30000000000000004.
 * @param value the number as the row has it, for messages.
 * @returns the product, or a fault if it is too large or too close to zero for a double.
 */
export function multiply(number: number, factor: number, value: Scalar): number | BadValue {
  const [one, other] = [splitDecimal(String(number)), splitDecimal(String(factor))]
  const digits = BigInt(one.digits) * BigInt(other.digits)
  const product = Number(`${digits}e${one.exponent + other.exponent}`)
  if (!Number.isFinite(product) || (product === 0 && digits !== 0n)) return outOfRange(String(value))
  return withoutNegativeZero(one.isNegative === other.isNegative ? product : -product)
}

/**
 * Adds numbers as decimals: 0.1 and 0.2 are 0.3, not 0.30000000000000004. A sum of several numbers, some with a fraction, is
 * rounded to 15 digits if it has more: the addends have errors of binary fractions.
 */
export function addDecimals(numbers: readonly number[]): number {
  const sums = new Map<number, bigint>()
  for (const number of numbers) {
    const { digits, exponent, isNegative } = splitDecimal(String(number))
    sums.set(exponent, (sums.get(exponent) ?? 0n) + (isNegative ? -BigInt(digits) : BigInt(digits)))
  }
  const lowest = Math.min(...sums.keys())
  const sum = [...sums].reduce(
    (total, [exponent, digits]) => total + digits * 10n ** BigInt(exponent - lowest),
    0n,
  )
  const exact = Number(`${sum}e${lowest}`)
  const isNoisy = numbers.length > 1 && lowest < 0 && String(sum).length > 15
  return isNoisy ? Number(exact.toPrecision(15)) : exact
}

/** Rounds half away from zero. @param digits digits after the decimal point. */
export function roundNumber(number: number, digits: number): number {
  // From 2 ** 52 on, doubles have no fraction.
  if (Math.abs(number) >= 2 ** 52) return number
  const shifted = Math.round(Number(shiftPoint(String(Math.abs(number)), digits)))
  return withoutNegativeZero(Math.sign(number) * Number(shiftPoint(String(shifted), -digits)))
}
