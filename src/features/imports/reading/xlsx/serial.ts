const daySeconds = 86_400
const dayMs = daySeconds * 1000

/** The start of the last day of four-digit years. */
const lastDayMs = Date.UTC(9999, 11, 31)

/** Serial day of 1582-10-15 in LibreOffice, which shows earlier days in the Julian calendar. */
const firstGregorianDay = -115_858

/**
 * How a program counts days. In `1904`, day 0 is 1904-01-01. In the others, day 61 is 1900-03-01. Like Lotus 1-2-3, Excel
 * (`1900`) calls day 60 1900-02-29, a day that never existed. It has no days before 1900. In LibreOffice, day 60 is 1900-02-28,
 * and negative numbers are earlier days.
 */
export type DateSystem = '1900' | '1904' | 'libreoffice'

function getMidnightMs(day: number, system: DateSystem): number {
  if (system === '1904') return Date.UTC(1904, 0, 1) + day * dayMs
  const isShifted = system === '1900' && day >= 0 && day < 60
  return Date.UTC(1899, 11, isShifted ? 31 : 30) + day * dayMs
}

/**
 * Converts a serial day number of a spreadsheet to a date. Except in `1904`, a negative number is read as in LibreOffice.
 * @param serial days since the epoch, with the time of day as a fraction.
 * @returns `2011-04-05`; with a time of day `2011-04-05T10:30:00`, rounded to seconds; only the time if `serial` is at least 0
 *   and less than 1, unless the system is `1904`; undefined if the number is day 60 of Excel, is a date before 1582-10-15 or
 *   after the year 9999, or is negative in the system `1904`.
 */
export function formatSerial(serial: number, system: DateSystem): string | undefined {
  const seconds = Math.round(serial * daySeconds)
  const day = Math.floor(seconds / daySeconds)
  const midnightMs = getMidnightMs(day, system)
  const firstDay = system === '1904' ? 0 : firstGregorianDay
  if (!(day >= firstDay && midnightMs <= lastDayMs)) return undefined
  if (system === '1900' && day === 60) return undefined
  const [date = '', time = ''] = new Date(midnightMs + (seconds - day * daySeconds) * 1000)
    .toISOString()
    .slice(0, 19)
    .split('T')
  if (serial >= 0 && serial < 1 && system !== '1904') return time
  return time === '00:00:00' ? date : `${date}T${time}`
}
