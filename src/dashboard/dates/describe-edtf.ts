import type { Language } from '../i18n/language.ts'
import { edtfSpan } from './edtf-span.ts'
import { formatYear } from './edtf-year.ts'
import { formatEdtf } from './format-edtf.ts'

/** A date in words, and the days that it can mean, unless it is an exact day or has an open end. */
export interface DateDescription {
  text: string
  days?: string
}

/** Returns the key of the message about the unknown part of a date: `edtf.dayUnknown` for `2011-04`, which has no day. */
function unknownPartMessageKey(text: string): 'edtf.dayUnknown' | 'edtf.monthUnknown' | undefined {
  if (/^\d{4}-(0\d|1[0-2])(-XX)?[?~%]?$/.test(text)) return 'edtf.dayUnknown'
  if (/^\d{4}(-XX){0,2}[?~%]?$/.test(text)) return 'edtf.monthUnknown'
  return undefined
}

/** Whether the month of a date, if it has one, is 1 to 12 or a season, and its day, if it has one, exists in the month. */
function isInCalendar(text: string): boolean {
  const [, year, month = '01', day] = /^(-?\d{4})-(\d{2})(?:-(\d{2}))?/.exec(text) ?? []
  if (year === undefined) return true
  const number = Number(month)
  if (number === 0 || number > 24 || (number > 12 && number < 21)) return false
  if (day === undefined) return true
  return number <= 12 && edtfSpan(`${year}-${month}-${day}`)?.earliest?.getUTCDate() === Number(day)
}

/** Whether a text is an EDTF date of level 0 or 1. Some texts that the service refuses also count as dates: `201X-13`. */
export const isEdtf = (text: string): boolean =>
  edtfSpan(text) !== undefined && text.split('/').every(isInCalendar)

/**
 * Returns a day as EDTF. A day after the year 9999 becomes `17000-01-01`, which is not EDTF, so `formatEdtf` returns it
 * unchanged.
 */
function toEdtf(day: Date): string {
  // Sliced from the end, since `toISOString` writes years before 0 and after 9999 with a sign and six digits.
  const monthAndDay = day.toISOString().slice(-'01-01T00:00:00.000Z'.length, -'T00:00:00.000Z'.length)
  return `${formatYear(day.getUTCFullYear())}-${monthAndDay}`
}

/**
 * Describes an EDTF date (level 0 or 1, ISO 8601-2) in words: `2011-04` is "April 2011, day unknown". Returns undefined for any
 * other text.
 */
export function describeEdtf(text: string, language: Language): DateDescription | undefined {
  const span = isEdtf(text) ? edtfSpan(text) : undefined
  if (!span) return undefined
  const date = formatEdtf(text, language)
  const messageKey = unknownPartMessageKey(text)
  const description = messageKey === undefined ? date : language.t(messageKey, { date })
  const { earliest, latest, isExact } = span
  if (isExact || !earliest || !latest) return { text: description }
  const formatDay = (day: Date) => formatEdtf(toEdtf(day), language)
  const days = language.t('edtf.days', { from: formatDay(earliest), to: formatDay(latest) })
  return { text: description, days }
}
