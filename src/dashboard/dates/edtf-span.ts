/** The days that a date can mean. An end of null is open or unknown. */
export interface Span {
  earliest: Date | null
  latest: Date | null
  /** Whether the source gives the date as a day, without doubt. */
  isExact: boolean
}

/**
 * Returns the days that a date can mean (EDTF, level 0 or 1, ISO 8601-2): `2011-04` is all of April 2011, `201X` all of the
 * 2010s, `1985-04/..` April 1985 and all days after. Undefined for a text that is not such a date, and for years that
 * JavaScript does not have.
 */
export function edtfSpan(text: string): Span | undefined {
  const [from = '', to] = text.split('/')
  if (to === undefined) return pointSpan(from)
  const first = isOpen(from) ? undefined : pointSpan(from)
  const last = isOpen(to) ? undefined : pointSpan(to)
  if (!first && !last) return undefined
  return { earliest: first?.earliest ?? null, latest: last?.latest ?? null, isExact: false }
}

const isOpen = (end: string) => end === '' || end === '..'

/** A year with unknown digits, a month or season, a day, perhaps a time, a qualifier. */
const pattern = /^(?:Y(-?\d{5,})|(-?)([\dX]{4}))(?:-([\dX]{2}))?(?:-([\dX]{2}))?(?:T.+?)?([?~%])?$/

/** Seasons are 21 (spring) to 24 (winter); each is three months, of which the first is March, June, September or December. */
const firstSeason = 21

function pointSpan(text: string): Span | undefined {
  const parts = pattern.exec(text)
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
  // Day 0 of the next month is the last one of this month.
  if (day.includes('X')) return span(utc(first, index, 1), utc(last, index + 1, 0))
  const date = utc(first, index, Number(day))
  return span(date, date, qualifier === undefined)
}

/** The years that a year can mean; an unknown digit (X) is any. Years before 0 count backwards, and 0 is none of them. */
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

/** A day. Years before 100 are years of the first century, unlike in `Date.UTC`. */
function utc(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date
}
