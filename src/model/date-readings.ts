/** Interprets dates in notations other than EDTF. */

/** Returns the number of days in a month. @param month from 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  // Date.UTC reads the years 0 to 99 as 1900 to 1999. The calendar repeats every 400 years.
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}

/** Returns a list with the day in EDTF; an empty list if the day does not exist. */
function toEdtfDay(year: string, month: number, dayOfMonth: number): string[] {
  if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysInMonth(Number(year), month)) return []
  return [`${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`]
}

/**
 * Returns the days and months, in EDTF, that a text in another notation may mean. If the year is last, the day is before the
 * month; with slashes or hyphens, it may also be after the month. If the year is first, the month is second. A text without a day
 * has the month first.
 * @example readOtherNotation('07/10/1899') // ['1899-07-10', '1899-10-07']
 */
export function readOtherNotation(text: string): string[] {
  const [, first = '', separator, second = '', year = ''] =
    /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/.exec(text) ?? []
  if (year !== '') {
    const monthFirstDays = separator === '.' ? [] : toEdtfDay(year, Number(first), Number(second))
    return [...new Set([...monthFirstDays, ...toEdtfDay(year, Number(second), Number(first))])]
  }
  const [, yearFirst = '', , month = '', day = ''] = /^(\d{4})([./-])(\d{1,2})\2(\d{1,2})$/.exec(text) ?? []
  if (yearFirst !== '') return toEdtfDay(yearFirst, Number(month), Number(day))
  const [, monthOfYear = '', yearLast = ''] = /^(\d{1,2})[./-](\d{4})$/.exec(text) ?? []
  return toEdtfDay(yearLast, Number(monthOfYear), 1).map((date) => date.slice(0, -3))
}
