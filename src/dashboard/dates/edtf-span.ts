/** The range of days that a date can mean. A bound is null if it is open or unknown. */
export interface Span {
  earliest: Date | null
  latest: Date | null
  /** Whether the date is a single day without a qualifier (`?`, `~` or `%`). */
  isExact: boolean
}

/**
 * Returns the days that a date can mean (EDTF, level 0 or 1, ISO 8601-2): `2011-04` is all of April 2011, `201X` all of the
 * 2010s, `1985-04/..` April 1985 and all days after. Returns undefined for other texts, for an interval that ends before it
 * starts, and for years outside the range of `Date`. Does not check months and days, which `isEdtf` does: `2011-13` is January
 * 2012.
 */
export function edtfSpan(text: string): Span | undefined {
  const [from = '', to, ...rest] = text.split('/')
  if (to === undefined) return pointSpan(from)
  // Null is an open end, and undefined an end that is not a date.
  const first = isOpenEnd(from) ? null : pointSpan(from)
  const last = isOpenEnd(to) ? null : pointSpan(to)
  if (rest.length > 0 || first === undefined || last === undefined || !(first ?? last)) return undefined
  const [earliest, latest] = [first?.earliest ?? null, last?.latest ?? null]
  return earliest && latest && earliest > latest ? undefined : { earliest, latest, isExact: false }
}

/** Whether the start or end of an EDTF interval is open (`..`) or unknown (empty). */
export const isOpenEnd = (end: string): boolean => end === '' || end === '..'

/** A year, optionally with unknown digits (X), followed by an optional month or season, day, time and qualifier. */
const datePattern = /^(?:Y(-?\d{5,})|(-?)([\dX]{4}))(?:-([\dX]{2}))?(?:-([\dX]{2}))?(?:T.+?)?([?~%])?$/

/** Seasons are 21 (spring) to 24 (winter). Each has three months, and starts with March, June, September or December. */
const firstSeason = 21

function pointSpan(text: string): Span | undefined {
  const parts = datePattern.exec(text)
  if (!parts) return undefined
  const [, longYear, sign = '', shortYear = '', month = 'XX', day = 'XX', qualifier] = parts
  const [first, last] =
    longYear === undefined ? yearRange(sign, shortYear) : [Number(longYear), Number(longYear)]
  if (month.includes('X')) return span(utc(first, 0, 1), utc(last, 12, 0))
  if (Number(month) >= firstSeason) {
    const start = 2 + 3 * (Number(month) - firstSeason)
    return span(utc(first, start, 1), utc(last, start + 3, 0))
  }
  const index = Number(month) - 1
  // Day 0 of the next month is the last day of this month.
  if (day.includes('X')) return span(utc(first, index, 1), utc(last, index + 1, 0))
  const date = utc(first, index, Number(day))
  return span(date, date, qualifier === undefined)
}

/** Returns the first and the last year that a year with unknown digits (X) can mean. A negative year never means year 0. */
function yearRange(sign: string, digits: string): [number, number] {
  const low = Number(digits.replaceAll('X', '0'))
  const high = Number(digits.replaceAll('X', '9'))
  if (sign === '') return [low, high]
  return [-high, -(digits.includes('X') ? Math.max(low, 1) : low)]
}

const span = (earliest: Date, latest: Date, isExact = false): Span | undefined =>
  Number.isNaN(earliest.getTime()) || Number.isNaN(latest.getTime())
    ? undefined
    : { earliest, latest, isExact }

/** Returns a day at midnight UTC. Unlike `Date.UTC`, it does not add 1900 to the years 0 to 99. */
function utc(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date
}
