import { findEdtfFault } from '../../../../model/edtf.ts'
import { findMonth } from './month-names.ts'

/** Reads a date in one or several notations. Returns EDTF; undefined if the text does not match any of them or is no date. */
export type DateReader = (text: string) => string | undefined

/** Pattern of the name or abbreviation of a month, as the group `name`. */
const monthName = String.raw`(?<name>\p{L}[\p{L}\p{M}.]*)`

/** The parts of a format with what they match. */
const parts = new Map([
  ['YYYY', String.raw`(?<year>\d{4})`],
  ['YY', String.raw`(?<year>\d{2})`],
  ['MMMM', monthName],
  ['MMM', monthName],
  ['MM', String.raw`(?<month>\d{2}|XX)`],
  ['M', String.raw`(?<month>\d{1,2}|XX)`],
  ['DD', String.raw`(?<day>\d{2}|XX)`],
  ['D', String.raw`(?<day>\d{1,2}|XX)`],
  ['*', '.*'],
])

/** Replaces each run of white space with one space, in texts and formats: patterns with `\s+` may take time cubic in its length. */
export const collapseSpaces = (text: string): string => text.replaceAll(/\s+/g, ' ')

/** Returns the pattern of a token of a format: a part, or another character, which matches itself. */
const toPattern = (token: string): string => parts.get(token) ?? token.replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&')

/** Maximum length of a format, in characters. */
const maxFormatLength = 60

/** Examples of formats, for messages. `excel` and `excel1904` have none of the parts above: `date.ts` reads them. */
export const formatHelp =
  'a format such as DD/MM/YYYY, D MMMM YYYY, M/D/YY or YYYY (* stands for anything), or excel, or excel1904'

/**
 * Compiles a date format.
 * @param format has the parts YYYY, YY, MMMM, MMM, MM, M, DD, D and `*`. White space matches any run of white space;
 *   other characters match themselves.
 * @param language BCP 47 tag of the language of month names.
 * @returns undefined when the format is invalid: it has no year, a day without a month, two years, months or days, more than one
 *   `*`, or more than 60 characters.
 */
export function compileDateFormat(format: string, language?: string): DateReader | undefined {
  const tokens = collapseSpaces(format).match(/YYYY|YY|M{1,4}|DD?|./gsu) ?? []
  const count = (letter: string) =>
    tokens.filter((token) => parts.has(token) && token.startsWith(letter)).length
  const [months, days] = [count('M'), count('D')]
  // A second `*` would make texts that do not match take very long (backtracking).
  if (format.length > maxFormatLength || count('*') > 1) return undefined
  if (count('Y') !== 1 || months > 1 || days > months) return undefined
  const expression = new RegExp(`^${tokens.map(toPattern).join('')}$`, 'u')
  return (text) => {
    const groups = expression.exec(collapseSpaces(text))?.groups
    if (!groups) return undefined
    const { year = '', month, name, day } = groups
    if (name === undefined) return formatDate(fullYear(year), month, day)
    const named = findMonth(name, language)
    return named === undefined ? undefined : formatDate(fullYear(year), named, day)
  }
}

/** Expands a two-digit year to a year within the hundred years that end 20 years from now. */
function fullYear(year: string): string {
  if (year.length === 4) return year
  const latest = new Date().getUTCFullYear() + 20
  const candidate = Number(year) + Math.floor(latest / 100) * 100
  return String(candidate > latest ? candidate - 100 : candidate)
}

/** Whether a month or day is not known: `0`, `00`, `XX` or absent. */
const isUnknown = (part: string | number | undefined) =>
  part === undefined || part === '' || /^(0+|x+)$/i.test(String(part))

/**
 * Formats a date in EDTF. A month or day that is `0`, `00` or `XX` is not known and left out.
 * @returns undefined for a date that the calendar does not have, and for a day without a month.
 */
export function formatDate(year: string, month?: string | number, day?: string | number): string | undefined {
  // EDTF writes seasons as the months 21 to 24.
  if (Number(month) > 12 || (isUnknown(month) && !isUnknown(day))) return undefined
  const known = [month, day].filter((part) => !isUnknown(part)).map((part) => String(part).padStart(2, '0'))
  const date = [year, ...known].join('-')
  return findEdtfFault(date) === undefined ? date : undefined
}
