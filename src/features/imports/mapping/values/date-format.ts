import { findEdtfFault } from '../../../../model/edtf.ts'
import { monthOf } from './month-names.ts'

/** Reads a date of one format. Returns EDTF; undefined if the text does not match the format or is no date. */
export type DateReader = (text: string) => string | undefined

/** The parts of a format with what they match. `YYYY` comes before `YY`, with which it begins, and so on. */
const parts: [token: string, pattern: string, part: 'year' | 'month' | 'monthName' | 'day' | 'any'][] = [
  ['YYYY', '(\\d{4})', 'year'],
  ['YY', '(\\d{2})', 'year'],
  ['MMMM', '(\\p{L}[\\p{L}\\p{M}.]*)', 'monthName'],
  ['MMM', '(\\p{L}[\\p{L}\\p{M}.]*)', 'monthName'],
  ['MM', '(\\d{2}|XX)', 'month'],
  ['M', '(\\d{1,2}|XX)', 'month'],
  ['DD', '(\\d{2}|XX)', 'day'],
  ['D', '(\\d{1,2}|XX)', 'day'],
  ['*', '.*', 'any'],
]

/** Maximum length of a format, in characters. */
const maxFormatLength = 60

/** Examples of formats, for messages. `excel` and `excel1904` have none of the parts above: `date.ts` reads them. */
export const formatHelp =
  'a format such as DD/MM/YYYY, D MMMM YYYY, M/D/YY or YYYY (* stands for anything), or excel, or excel1904'

/**
 * Compiles a date format.
 * @param format has the parts YYYY, YY, MMMM, MMM, MM, M, DD, D and `*`. A white-space character matches any run of
 *   white space; other characters match themselves.
 * @param language BCP 47 tag of the language of month names.
 * @returns undefined when the format is invalid: it has no year, a day without a month, two years, months or days, more than one
 *   `*`, or more than 60 characters.
 */
export function compileDateFormat(format: string, language?: string): DateReader | undefined {
  const order: ('year' | 'month' | 'monthName' | 'day')[] = []
  let pattern = ''
  for (let index = 0; index < format.length; ) {
    const found = parts.find(([token]) => format.startsWith(token, index))
    if (found) {
      if (found[2] !== 'any') order.push(found[2])
      pattern += found[1]
      index += found[0].length
    } else {
      pattern += /\s/.test(format[index] ?? '')
        ? '\\s+'
        : (format[index] ?? '').replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&')
      index += 1
    }
  }
  const hasMonth = order.includes('month') || order.includes('monthName')
  const hasTwoMonths = order.includes('month') && order.includes('monthName')
  // With more than one `*`, texts that do not match would take long (backtracking).
  if (format.length > maxFormatLength || format.split('*').length > 2) return undefined
  if (!order.includes('year') || (order.includes('day') && !hasMonth)) return undefined
  if (hasTwoMonths || new Set(order).size < order.length) return undefined
  const expression = new RegExp(`^${pattern}$`, 'u')
  return (text) => {
    const match = expression.exec(text)
    if (!match) return undefined
    const found: Partial<Record<(typeof order)[number], string>> = {}
    order.forEach((part, index) => {
      found[part] = match[index + 1] ?? ''
    })
    const month = found.monthName === undefined ? found.month : monthOf(found.monthName, language)
    if (found.monthName !== undefined && month === undefined) return undefined
    return formatDate(fullYear(found.year ?? ''), month, found.day)
  }
}

/** Expands a two-digit year to a year within the hundred years that end 20 years from now. */
function fullYear(year: string): string {
  if (year.length === 4) return year
  const latest = new Date().getUTCFullYear() + 20
  const candidate = Number(year) + Math.floor(latest / 100) * 100
  return String(candidate > latest ? candidate - 100 : candidate)
}

const padToTwo = (part: string | number) => String(part).padStart(2, '0')

/** Whether a month or day is not known: `00`, `XX` or absent. */
const isUnknown = (part: string | number | undefined): part is undefined =>
  part === undefined || part === '' || /^(0+|x+)$/i.test(String(part))

/**
 * Formats a date in EDTF. A month or day that is `00` or `XX` is not known.
 * @returns undefined for a date that the calendar does not have, and for a day without a month.
 */
export function formatDate(year: string, month?: string | number, day?: string | number): string | undefined {
  // EDTF writes seasons as the months 21 to 24.
  if (Number(month) > 12) return undefined
  const date = isUnknown(month)
    ? isUnknown(day)
      ? year
      : undefined
    : isUnknown(day)
      ? `${year}-${padToTwo(month)}`
      : `${year}-${padToTwo(month)}-${padToTwo(day)}`
  return date !== undefined && findEdtfFault(date) === undefined ? date : undefined
}
