import { BadValue, type Scalar } from './bad.ts'

interface NumberFormat {
  /** The thousands separator; `''` if there is none. */
  group: string
  /** The decimal separator. */
  decimal: string
}

/** Reads a number of a column. */
export type NumberReader = (value: Scalar) => number | BadValue

/** A space (ordinary, thin or no-break) or an apostrophe. Line breaks and tabs do not separate thousands. */
const separator = "[ \u00a0\u2009\u202f'’]"

/** Groups of three digits, all separated by the same space or apostrophe character. */
const spacedGroups = new RegExp(`^([+-]?\\d{1,3})(${separator})\\d{3}(?:\\2\\d{3})*(?!\\d)`)
const separators = new RegExp(separator, 'g')
const exampleForm = new RegExp(`^1([.,]|${separator})?234([.,])5+$`)

/**
 * Derives a number format from an example.
 * @param example such as `1,234.5`, `1.234,5`, `1 234,5` or `1234.5`.
 * @returns undefined when the example is invalid.
 */
export function readNumberFormat(example: string): NumberFormat | undefined {
  const [, group = '', decimal = ''] = exampleForm.exec(example) ?? []
  return decimal === '' || group === decimal ? undefined : { group, decimal }
}

/**
 * Returns the function that reads numbers of a column. Currency signs and `%` before or after a number are ignored, and so is
 * the apostrophe with which spreadsheets mark a text. Parentheses mean a negative number, as in accounting, even around a
 * number with a minus sign.
 * @param format Default: every unambiguous notation. `1,234` is refused; the point of `1.234` is a decimal point.
 */
export const compileNumber =
  (format?: NumberFormat): NumberReader =>
  (value) => {
    if (typeof value === 'number')
      return Number.isFinite(value) ? withoutNegativeZero(value) : new BadValue('The number is too large.')
    const written = String(value).trim()
    const isNegative = /^\(.*\)$/.test(written)
    const text = (isNegative ? written.slice(1, -1) : written)
      .replaceAll('\u2212', '-')
      .replace(/^'/, '')
      .replace(/^([+-]?)\s*[\p{Sc}%]?\s*/u, '$1')
      .replace(/[\p{Sc}%]$/u, '')
      .trim()
      .replace(spacedGroups, (digits) => digits.replaceAll(separators, ''))
    const plain = format ? toPlain(text, format) : toPlainUnambiguous(text)
    if (plain instanceof BadValue) return plain
    if (plain === undefined || !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(plain)) {
      return new BadValue(`${JSON.stringify(written.slice(0, 60))} is not a number.`)
    }
    const number = Number(plain)
    if (!hasMagnitude(number, plain))
      return new BadValue(`${JSON.stringify(written.slice(0, 60))} is too large or too close to zero.`)
    return withoutNegativeZero(isNegative ? -Math.abs(number) : number)
  }

/** Returns 0 for -0, which is stored as 0, so that the next import would take it for a change. */
const withoutNegativeZero = (number: number): number => number + 0

/** Whether a number did not become infinite or 0 because the exponent of its text is too large or too small. */
const hasMagnitude = (number: number, text: string): boolean =>
  Number.isFinite(number) && (number !== 0 || !/[1-9]/.test(text.split(/e/i)[0] ?? ''))

function toPlain(text: string, { group, decimal }: NumberFormat): string | undefined {
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
      `${JSON.stringify(text)} may be ${text.replace(',', '')} or ${text.replace(',', '.')}. Say in the mapping which it is, with number: "1,234.5" or number: "1.234,5".`,
    )
  }
  return toPlain(text, { group: '.', decimal: ',' })
}

/** Multiplies a number by 10 to the power of `digits`, in decimal notation, to avoid the errors of binary fractions. */
function shiftPoint(number: number, digits: number): number {
  const [mantissa, exponent = '0'] = String(number).split('e')
  return Number(`${mantissa}e${Number(exponent) + digits}`)
}

/** Rounds half away from zero. @param digits digits after the decimal point. */
export function roundNumber(number: number, digits: number): number {
  // From 2 ** 52 on, doubles have no fraction.
  if (Math.abs(number) >= 2 ** 52) return number
  return withoutNegativeZero(
    Math.sign(number) * shiftPoint(Math.round(shiftPoint(Math.abs(number), digits)), -digits),
  )
}
