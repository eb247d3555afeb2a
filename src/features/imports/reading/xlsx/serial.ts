const daySeconds = 86_400
const dayMs = daySeconds * 1000

/** The start of the last day of four-digit years. */
const lastDayMs = Date.UTC(9999, 11, 31)

/**
 * Converts a serial day number of a spreadsheet to a date.
 * @param serial days since the epoch, with the time of day as a fraction.
 * @param date1904 whether day 0 is 1904-01-01. Otherwise day 1 is 1900-01-01, and day 60 is 1900-02-29, a day that
 *   never existed, as in Lotus 1-2-3.
 * @returns `2011-04-05`; with a time of day `2011-04-05T10:30:00`, rounded to seconds; only the time if `serial` is below 1,
 *   unless `date1904`; undefined if the number is negative, is day 60 of 1900, or is a date after the year 9999.
 */
export function formatSerial(serial: number, date1904: boolean): string | undefined {
  const seconds = Math.round(serial * daySeconds)
  const day = Math.floor(seconds / daySeconds)
  const epochMs = date1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30)
  const midnightMs = epochMs + day * dayMs
  if (!(serial >= 0 && midnightMs <= lastDayMs)) return undefined
  if (!date1904 && day === 60) return undefined
  const [date = '', time = ''] = new Date(midnightMs + (seconds % daySeconds) * 1000)
    .toISOString()
    .slice(0, 19)
    .split('T')
  if (serial < 1 && !date1904) return time
  return time === '00:00:00' ? date : `${date}T${time}`
}
