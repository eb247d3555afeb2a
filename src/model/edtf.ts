/**
 * Dates as sources give them: EDTF (ISO 8601-2, https://www.loc.gov/standards/datetime/), levels 0 and 1.
 *
 * Dates must be in the range of PostgreSQL's type date. The SQL functions `edtf_earliest` and `edtf_latest` accept exactly the
 * same texts. A request may have thousands of dates, so regular expressions check the grammar, in microseconds.
 */

import { suggestEdtf } from '../suggest-edtf.ts'
import { daysInMonth, readOtherNotation } from './date-readings.ts'

/** An error in a text: `position` counts from zero and is at most the text's length. */
export type EdtfFault = { position: number; message: string }

/**
 * Finds the first fault in a date written in EDTF, level 0 or 1.
 *
 * It accepts `2011`, `2011-04`, `2011-04-05`, `-0044`, `Y12345`, `2011-04-05T10:00:00+08:00`, a final `?`, `~` or
 * `%`, `201X`, `20XX`, `2011-XX`, `2011-04-XX`, `2011-XX-XX`, the seasons `2011-21` to `2011-24`, and
 * intervals between years, months or days, with `..` for an open end and an empty text for an unknown one.
 *
 * @param text text of any length from a client
 * @returns undefined if the text is valid; otherwise the position of the fault, and a message that says what is expected
 * @example
 * findEdtfFault('2011-04') // undefined
 * findEdtfFault('2011-02-30') // { position: 8, message: '"2011-02-30": February 2011 has 28 days' }
 */
export function findEdtfFault(text: string): EdtfFault | undefined {
  const slash = text.indexOf('/')
  if (slash === -1) return findDateFault(text)

  const start = text.slice(0, slash)
  const end = text.slice(slash + 1)
  return findEndFault(start) ?? shift(findEndFault(end) ?? findOrderFault(start, end), slash + 1)
}

/** Maximum length of a text that is read in another notation. */
const maxNotationLength = 60

/** Returns the dates in EDTF that a text in another notation may mean, for a message; undefined if there are none. */
function readNotation(text: string): string | undefined {
  const readings = readOtherNotation(text)
  if (readings.length > 0) return readings.join(' or ')
  return suggestEdtf(text, 'en', (date) => findEdtfFault(date) === undefined)
}

/**
 * Returns what is wrong with a text that is not in EDTF: the dates that it may mean in another notation, or else the first fault and
 * its position, counted from one. Undefined for EDTF.
 * @example describeEdtfFault('April 2011') // '"April 2011" is not in EDTF: write 2011-04'
 */
export function describeEdtfFault(text: string): string | undefined {
  const fault = findEdtfFault(text)
  if (!fault) return undefined
  const reading = text.length <= maxNotationLength ? readNotation(text) : undefined
  return reading === undefined
    ? `${fault.message} (at character ${fault.position + 1})`
    : `"${text}" is not in EDTF: write ${reading}`
}

function shift(fault: EdtfFault | undefined, distance: number): EdtfFault | undefined {
  return fault && { ...fault, position: fault.position + distance }
}

/** Finds a fault in one end of an interval. */
function findEndFault(end: string): EdtfFault | undefined {
  if (isUnbounded(end)) return undefined
  if (end.startsWith('.')) {
    return { position: end.startsWith('..') ? 2 : 1, message: 'expected .. and nothing else for an open end' }
  }

  const fault = findDateFault(end)
  if (fault || intervalEndPattern.test(end)) return fault
  return { position: 0, message: 'expected a year, month or day: an interval has no other dates at its ends' }
}

/** Finds a fault in the combination of two valid ends. The position is relative to the second end. */
function findOrderFault(start: string, end: string): EdtfFault | undefined {
  if (isUnbounded(start) && isUnbounded(end))
    return { position: 0, message: 'expected a date at one of the ends' }
  if (isUnbounded(start) || isUnbounded(end) || sortKey(end, 'last') >= sortKey(start, 'first'))
    return undefined
  return { position: 0, message: `expected an end that is not before the start, ${start}` }
}

function isUnbounded(end: string): boolean {
  return end === '' || end === '..'
}

function findDateFault(text: string): EdtfFault | undefined {
  // A longer text is invalid, so only its beginning is checked.
  const date = text.slice(0, longestDate.length + 1)
  return findDayFault(date) ?? (datePattern.test(date) ? findRangeFault(date) : findGrammarFault(date))
}

/** The longest date in the range. Longer years after `Y` are out of the range. */
const longestDate = '-2011-04-05T10:00:00+08:00'

/** Returns a pattern of all beginnings, even the empty one, of a text that consists of parts with the given patterns. */
const startOf = (...parts: string[]) => parts.reduceRight((rest, part) => `(?:${part}${rest})?`, '')

const yearPattern = '(?!-0000)-?\\d{4}'
const monthPattern = '(?:0[1-9]|1[0-2])'
const dayPattern = `${yearPattern}-${monthPattern}-(?:0[1-9]|[12]\\d|3[01])`
const wholeDayPattern = new RegExp(`^(${yearPattern})-(${monthPattern})-(\\d\\d)`)
/** A year, month or day, which can be marked with ? ~ or %. */
const wholeDatePattern = `(?:${yearPattern}(?:-${monthPattern})?|${dayPattern})`
const intervalEndPattern = new RegExp(`^${wholeDatePattern}[?~%]?$`)

const hourPattern = '(?:[01]\\d|2[0-3])'
const timePattern = `T(?:${hourPattern}:[0-5]\\d:[0-5]\\d|24:00:00)`
const minutesStartPattern = startOf(':', '[0-5]', '\\d', ':', '[0-5]', '\\d')
const timeStartPattern = `T(?:${hourPattern}${minutesStartPattern}|24${startOf(':', '0', '0', ':', '0', '0')}|[0-2]?)`

/** The hours of UTC offsets with any minutes, and the last ones on both sides, which have no minutes. */
const offsetHoursPattern = '(?:[+-](?:0\\d|1[01])|[+]1[23])'
const lastOffsetsPattern = '(?:-12|[+]14)'
const offsetPattern = `(?!-00:00)(?:${offsetHoursPattern}:[0-5]\\d|${lastOffsetsPattern}:00)`
const offsetStartPattern = `(?:${offsetHoursPattern}${startOf(':', '[0-5]')}|${lastOffsetsPattern}${startOf(':', '0')}|[+-][01]?)`

/** Matches dates of level 0 or 1. It does not check whether the month has the day: `findDayFault` does. */
const datePattern = new RegExp(
  `^(?:${[
    `${wholeDatePattern}[?~%]?`,
    '-?\\d\\d[\\dX]X',
    'Y-?[1-9]\\d{4,}',
    `${yearPattern}-(?:2[1-4]|XX|XX-XX|${monthPattern}-XX)`,
    `${dayPattern}${timePattern}(?:Z|${offsetPattern}|(?!-00)${offsetHoursPattern}|${lastOffsetsPattern})?`,
  ].join('|')})$`,
)

const monthFormat = new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' })

/** Returns how many days a month has, for messages: `February 2011 has 28 days`. @param month from 1 to 12. */
export const describeMonth = (year: string, month: number): string =>
  `${monthFormat.format(Date.UTC(2000, month - 1))} ${year} has ${daysInMonth(Number(year), month)} days`

/** Finds a day that its month does not have. */
function findDayFault(date: string): EdtfFault | undefined {
  const [written = '', year, month, day] = wholeDayPattern.exec(date) ?? []
  if (year === undefined || Number(day) <= daysInMonth(Number(year), Number(month))) return undefined
  return { position: written.length - 2, message: `"${written}": ${describeMonth(year, Number(month))}` }
}

/** Explains why a text is not a date. */
function findGrammarFault(text: string): EdtfFault {
  let fault = { position: 0, message: '' }
  for (const [prefix, expected] of prefixes) {
    const position = prefix.exec(text)?.[0].length ?? -1
    if (position >= fault.position) fault = { position, message: `expected ${expected}` }
  }
  return fault
}

/**
 * Prefixes of dates, and what may follow each. The longest prefix that matches a text explains its error. The table
 * decides only the message, not whether a date is accepted.
 */
const prefixes = [
  ['-?\\d{0,3}', 'a year of four digits (the last one or two may be X), or Y and a longer year'],
  ['-000', 'a digit from 1 to 9 or X, as the year 0000 has no minus'],
  ['-?\\d\\dX', 'X, as only the last digits of a year can be X'],
  ['-?\\d\\d[\\dX]X', 'the end, as nothing can follow X in a year'],
  ['Y(?:[1-9]\\d*)?', 'a year of at least five digits after Y, not beginning with 0, and then the end'],
  [`${yearPattern}(?:-${monthPattern})?`, 'a hyphen, one of ? ~ %, or the end'],
  [`${yearPattern}-[012]?`, 'a month 01 to 12, a season 21 to 24, or XX'],
  [`${yearPattern}-X`, 'a second X'],
  [`${yearPattern}-XX(?:-X?)?`, 'the end or a day XX, as the month is XX'],
  [`${yearPattern}-2[1-4]`, 'the end, as nothing can follow a season'],
  [`${yearPattern}-${monthPattern}-[0-3X]?`, 'a day 01 to 31, or XX'],
  [`${yearPattern}-${monthPattern}-XX`, 'the end, as nothing can follow a day XX'],
  [dayPattern, 'T and a time of day, one of ? ~ %, or the end'],
  [`${wholeDatePattern}[?~%]`, 'the end, as only a whole date can be marked with ? ~ or %'],
  [`${dayPattern}${timeStartPattern}`, 'a time of day hh:mm:ss, from 00:00:00 to 24:00:00'],
  [`${dayPattern}${timePattern}`, 'Z, a UTC offset such as +08:00, or the end'],
  [`${dayPattern}${timePattern}${offsetStartPattern}`, 'a UTC offset from -12:00 to +14:00'],
  [`${dayPattern}${timePattern}(?:Z|${offsetPattern})`, 'the end, as nothing can follow a time zone'],
].map(([prefix, expected]) => [new RegExp(`^${prefix}`), expected] as const)

/** Finds a date outside the range of PostgreSQL's type date. */
function findRangeFault(date: string): EdtfFault | undefined {
  const first = sortKey(date, 'first')
  if (first >= sortKey('-4713-11-24', 'first') && first <= sortKey('Y5874897', 'last')) return undefined
  return {
    position: 0,
    message: 'expected a date from -4713-11-24 to Y5874897, as far as dates can be stored',
  }
}

/**
 * Whether all days that a date can mean are before all days of the other date: its last day is before the other's first day.
 * False if `date` has no known end, or `other` no known start. Both texts must be valid (`findEdtfFault`).
 */
export function isEntirelyBefore(date: string, other: string): boolean {
  const end = date.slice(date.indexOf('/') + 1)
  const [start = ''] = other.split('/')
  return !isUnbounded(end) && !isUnbounded(start) && sortKey(end, 'last') < sortKey(start, 'first')
}

/** Returns a number for comparing dates. It stands for the first or the last day that a date can mean. */
function sortKey(date: string, which: 'first' | 'last'): number {
  const isFirst = which === 'first'
  const [, minus = '', digits = '', monthOrSeason = isFirst ? 1 : 12, day = isFirst ? 1 : 31] =
    fieldsPattern.exec(date) ?? []
  // The first of several years before the year 0 has the largest digits: -199X begins with -1999.
  const absoluteYear = Number(digits.replaceAll('X', isFirst === (minus === '') ? '0' : '9'))
  // -000X does not include the year 0.
  const year = minus ? -Math.max(absoluteYear, 1) : absoluteYear
  // The seasons 21 to 24 begin in March, June, September and December, and have three months.
  const seasonStart = 3 * (Number(monthOrSeason) - 20)
  const month = Number(monthOrSeason) <= 12 ? Number(monthOrSeason) : isFirst ? seasonStart : seasonStart + 2
  // The last month of a winter is in the next year.
  return (month > 12 ? (year + 1) * 100 + month - 12 : year * 100 + month) * 100 + Number(day)
}

const fieldsPattern = /^Y?(-?)([\dX]+)(?:-(\d\d)(?:-(\d\d))?)?/
