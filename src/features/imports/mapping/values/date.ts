import { readOtherNotation } from '../../../../model/date-readings.ts'
import { describeMonth, findEdtfFault } from '../../../../model/edtf.ts'
import { shiftDate } from '../../../../suggest-edtf.ts'
import { quoteList } from '../../../../wording.ts'
import { type DateSystem, formatSerial } from '../../reading/xlsx/serial.ts'
import type { Scalar } from '../../types.ts'
import { BadValue } from './bad-value.ts'
import { replaceChinese } from './chinese-dates.ts'
import { collapseSpaces, compileDateFormat, type DateReader, formatDate } from './date-format.ts'
import { findMonth } from './month-names.ts'

/** Maximum length of a text that is read as a date. */
export const maxDateLength = 100

/** A date at midnight: databases write the time although only the date is known. */
const midnight = /^(-?\d{4}-\d\d-\d\d)[T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?$/

/** A number that is a year, or a serial day of the years 1902 to 1912. */
const yearOrSerial = /^[12]\d{3}$/

/** A day with a time zone, as XML Schema has it (xsd:date). */
const zonedDay = /^(\d{4}-\d\d-\d\d)(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** What databases store for a missing date. */
const zeroDate = /^(?:0000[-/.]?00[-/.]?00|00([-/.])00\1?0000)(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?$/

/** Words and signs before a date that make it approximate. */
const approximate = /^(?:circa|ca|c|about|approximately|approx|around|~)\.?\s*/i

/** Words and signs between the ends of a range of dates. */
const rangeSeparator = /\s+(?:-|–|—|to|until|till)\s+|\s*[–—]\s*|\.\.\.?/i

/** A hyphen between two dates with other separators: `2001.3-2002.5`. */
const hyphenOfRange = /^(\d[\d./]*[./]\d+)-(\d+[./][\d./]*)$/

const isDay = (date: string) => /^\d{4}-\d\d-\d\d$/.test(date)

/** The names of each season. EDTF writes the seasons as the months 21 to 24. */
const seasons = [
  ['spring', '春'],
  ['summer', '夏'],
  ['autumn', 'fall', '秋'],
  ['winter', '冬'],
]

/**
 * Returns the function that converts dates of a column to EDTF (ISO 8601-2), level 0 or 1.
 * @param formats formats that are tried first; `excel` and `excel1904` are serial days. Then every unambiguous notation is read.
 *   If there are formats, a day in digits with separators that is not EDTF, such as `5.4.2011` or `2011-4-5`, must match one of
 *   them.
 * @param language BCP 47 tag of the language of month names.
 * @param dateSystem the date system of `excel`.
 * @returns undefined when a format is invalid.
 */
export function compileDate(
  formats: readonly string[],
  language?: string,
  dateSystem: DateSystem = '1900',
): ((value: Scalar) => string | BadValue) | undefined {
  const readers = [...new Set(formats)].map((format) => compileFormat(format, language, dateSystem))
  if (!readers.every((reader) => reader !== undefined)) return undefined
  const serialFormat = formats.find(isSerialFormat)
  const statesOrder = formats.includes('YYYY')
  const patterns = readers.filter(({ format }) => !isSerialFormat(format))
  const shorter = compileShorter(formats, language)
  const readPart: DateReader = (text) => {
    const date = firstReading(patterns, text)
    if (date !== undefined) return date
    // A day such as `5.4.2011` that matches none of the stated formats is an error: the formats may be wrong.
    const contradictsFormats = formats.length > 0 && !isDay(text) && readOtherNotation(text).some(isDay)
    return contradictsFormats ? undefined : readPlainDate(text, language)
  }
  return (value) => {
    const text = String(value).trim()
    if (text.length > maxDateLength) return new BadValue(`A date has at most ${maxDateLength} characters.`)
    if (zeroDate.test(text)) {
      return new BadValue(
        `${JSON.stringify(text)} means in many databases that there is no date. If so, list it in "empty" of the mapping.`,
      )
    }
    if (typeof value === 'number' && !serialFormat && /^\d{4}\.\d+$/.test(text)) {
      return new BadValue(
        `${JSON.stringify(text)} is a number, and may stand for another month, since 2011.10 is stored as 2011.1. Write the date as text, such as 2011-10.`,
      )
    }
    if (serialFormat && !statesOrder && yearOrSerial.test(text)) {
      return new BadValue(
        `${JSON.stringify(text)} may be a year or a serial day. Say in the mapping which it is, with date: [YYYY, ${serialFormat}] or date: [${serialFormat}, YYYY].`,
      )
    }
    const replaced = replaceChinese(collapseSpaces(text))
    // `1990年` becomes a number, which is no serial day.
    return (
      firstReading(readers, text) ??
      firstReading(patterns, replaced) ??
      readDate(replaced, JSON.stringify(text), readPart, { formats, shorter, dateSystem })
    )
  }
}

/** A compiled format. */
interface FormatReader {
  format: string
  read: DateReader
}

/** Returns the date of the first format that reads the text. */
function firstReading(readers: readonly FormatReader[], text: string): string | undefined {
  for (const { read } of readers) {
    const date = read(text)
    if (date !== undefined) return date
  }
  return undefined
}

const isSerialFormat = (format: string) => format === 'excel' || format === 'excel1904'

function compileFormat(
  format: string,
  language: string | undefined,
  dateSystem: DateSystem,
): FormatReader | undefined {
  if (!isSerialFormat(format)) {
    const read = compileDateFormat(format, language)
    return read && { format, read }
  }
  const read: DateReader = (text) => {
    const date = /^\d+(\.\d+)?$/.test(text)
      ? formatSerial(Number(text), format === 'excel1904' ? '1904' : dateSystem)
      : undefined
    // A number below 1 is a time without a day.
    return date?.includes('-') ? date : undefined
  }
  return { format, read }
}

/** Compiles the formats with `D` and `M` for `DD` and `MM` that the mapping lacks: a message suggests one that reads a text. */
const compileShorter = (formats: readonly string[], language: string | undefined): FormatReader[] =>
  [...new Set(formats.map((format) => format.replace(/DD/, 'D').replace(/(?<!M)MM(?!M)/, 'M')))].flatMap(
    (format) => {
      const read = formats.includes(format) ? undefined : compileDateFormat(format, language)
      return read ? [{ format, read }] : []
    },
  )

/** A text that may be a year without a month, or two years: `1999/00` and `1999-00`. */
const yearOrYears = /^(1\d|20)99[/-]00$/

/** Whether a text may be a month or two years, as `2008/09` is. `2015/04` is a month, since 2004 is before 2015. */
function isMonthOrYears(text: string): boolean {
  const [, year, month] = /^\d\d(\d\d)\/(\d\d)$/.exec(text) ?? []
  return year !== undefined && month !== undefined && month > year && month <= '12'
}

interface DateOptions {
  formats: readonly string[]
  /** Formats that a message may suggest instead. */
  shorter: readonly FormatReader[]
  dateSystem: DateSystem
}

/**
 * Reads a date in any unambiguous notation.
 * @param quoted the text as it is in the file, in quotes, for the fault.
 * @param readPart reads a date without words such as `circa`, or an end of a range: in a format of the mapping, or plain.
 */
function readDate(
  text: string,
  quoted: string,
  readPart: DateReader,
  { formats, shorter, dateSystem }: DateOptions,
): string | BadValue {
  const standard = readStandardDate(text)
  if (standard !== undefined) return standard
  if (isMonthOrYears(text)) {
    const [month, years] = [text.replace('/', '-'), `${text.slice(0, 4)}/${text.slice(0, 2)}${text.slice(5)}`]
    return new BadValue(
      `${quoted} may be the month ${month} or the years ${years}. Write it in one of these two ways, or say in the mapping that it is a month, with date: YYYY/MM.`,
    )
  }
  const century = yearOrYears.exec(text)?.[1]
  if (century !== undefined) {
    const year = `${century}99`
    return new BadValue(
      `${quoted} may be the year ${year} or the years ${year}/${Number(year) + 1}. Write it in one of these two ways.`,
    )
  }
  const plain = readPart(text)
  if (plain !== undefined) return plain
  const hundreds = /^(?:the\s+)?(\d{2})00'?s$/i.exec(text)?.[1]
  if (hundreds !== undefined) {
    return new BadValue(
      `${quoted} may be the decade ${hundreds}0X or the century ${hundreds}XX. Write which it is.`,
    )
  }
  const qualified = readQualified(text, readPart) ?? readRange(text, readPart)
  if (qualified !== undefined) return qualified
  const readings = readOtherNotation(text)
  if (readings.length > 1 && formats.length === 0) {
    return new BadValue(
      `${quoted} may be ${readings.join(' or ')}. Say in the mapping which it is, with date: DD/MM/YYYY or date: MM/DD/YYYY.`,
    )
  }
  if (/^\d{5}(\.\d+)?$/.test(text)) {
    return new BadValue(
      `${quoted} is not a date. If it is a serial day of a spreadsheet, say so in the mapping with date: excel.`,
      formatSerial(Number(text), dateSystem),
    )
  }
  const month = findMonthWithoutDay(text, readPart)
  if (month !== undefined) return new BadValue(`${quoted} is not a date: ${month}.`)
  if (formats.length > 0) {
    const suggested = shorter.find(({ read }) => read(text) !== undefined)?.format
    const hint =
      suggested === undefined
        ? ''
        : ` The format ${quoteList([suggested])} reads it: add it to date in the mapping.`
    return new BadValue(`${quoted} is not a date of the format ${quoteList(formats)}.${hint}`)
  }
  const fault = findEdtfFault(text)
  return new BadValue(
    `${quoted} is not read as a date${fault && /^\d{4}/.test(text) ? `: ${fault.message}` : ''}. Write it as 2011-04-05, 2011-04 or 2011, or state its format in the mapping with "date".`,
  )
}

/**
 * A number of two digits from 29 on, by itself or at the end of a date such as `20110230`: a day that not all months have. Does not
 * match the minutes and seconds of a time or an offset.
 */
const lateDay = /(?:(?<!\d|[T ]\d{1,2}:(?:\d\d:)?|[+-]\d\d:)|(?<=^\d{6}))(?:29|[3-9]\d)(?!\d)/g

/** Maximum length of a text in which such a day is looked for: each number costs one more reading of the text. */
const maxDayLength = 40

/**
 * Returns how many days the month of a day such as `30.02.2020` has, for the message that it does not have this day.
 * @returns undefined if the text is not a day in a notation that `readPart` reads, or has more than 40 characters.
 */
function findMonthWithoutDay(text: string, readPart: DateReader): string | undefined {
  if (text.length > maxDayLength) return undefined
  for (const { 0: day, index } of text.matchAll(lateDay)) {
    // Every month has a day 28. If the text is a date with this day, the month is known.
    const date = readPart(`${text.slice(0, index)}28${text.slice(index + day.length)}`)
    const [, year, month] = /^(\d{4})-(\d\d)-28(?:T|$)/.exec(date ?? '') ?? []
    if (year !== undefined) return describeMonth(year, Number(month))
  }
  return undefined
}

/** Reads a date in EDTF, a day at midnight, or a day with a time zone. */
function readStandardDate(text: string): string | undefined {
  const date = (midnight.exec(text) ?? zonedDay.exec(text))?.[1] ?? text
  return findEdtfFault(date) === undefined ? date : undefined
}

/** Reads any date in EDTF; or a day (even with a time of day), month, year or season in another notation. */
function readPlainDate(text: string, language: string | undefined): string | undefined {
  const standard = readStandardDate(text)
  if (standard !== undefined) return standard
  const time = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  if (time) {
    const [, date, minutes, seconds = ':00', zone = ''] = time
    const whole = `${date}T${minutes}${seconds}${zone}`
    return findEdtfFault(whole) === undefined ? whole : undefined
  }
  const compact = /^((?:1[4-9]|2[01])\d\d)(\d\d)(\d\d)$/.exec(text)
  if (compact) return formatDate(compact[1] ?? '', compact[2], compact[3])
  // Different separators, as in `2001.3-6`, may also mean a range.
  const yearFirst = /^(\d{4})([-/.])(\d{1,2}|XX)(?:\2(\d{1,2}|XX))?$/i.exec(text)
  if (yearFirst && !isMonthOrYears(text) && !yearOrYears.test(text))
    return formatDate(yearFirst[1] ?? '', yearFirst[3], yearFirst[4])
  const monthAndYear = /^(?:(?:00|XX)[-/.])?(\d{1,2}|XX)[-/.](\d{4})$/i.exec(text)
  if (monthAndYear) return formatDate(monthAndYear[2] ?? '', monthAndYear[1])
  const chinese = /^(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?$/.exec(text)
  if (chinese) return formatDate(chinese[1] ?? '', chinese[2], chinese[3])
  const readings = readOtherNotation(text)
  return readings.length === 1 ? readings[0] : readNamedMonth(text, language)
}

/** Patterns of dates with the name of a month. */
const namedMonths = (() => {
  const day = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th|er|\.)?`
  const year = String.raw`(?<year>\d{4})`
  // A name has no two dots in a row: these belong to the gap. Otherwise a text of dots could be divided in very many ways.
  const name = String.raw`(?<name>\p{L}(?:[\p{L}\p{M}]|\.(?!\.))*)`
  const gap = String.raw`[\s,./-]+(?:de\s+)?`
  const orders = [
    [day, name, year],
    [name, day, year],
    [name, year],
    [year, name, day],
    [year, name],
  ]
  return orders.map((parts) => new RegExp(`^${parts.join(gap)}$`, 'u'))
})()

/**
 * Reads a date whose month or season is a word: `5 April 2011`, `April 5, 2011`, `Apr 2011`, `5-Apr-2011`, `2011 Apr 5`,
 * `Spring 2011`.
 */
function readNamedMonth(text: string, language: string | undefined): string | undefined {
  for (const pattern of namedMonths) {
    const groups = pattern.exec(text)?.groups
    if (!groups) continue
    const { year = '', name = '', day } = groups
    const month = findMonth(name, language)
    if (month !== undefined) return formatDate(year, month, day)
  }
  const [, season = '', year = ''] = /^(\p{L}+),?\s+(?:of\s+)?(\d{4})$/u.exec(text) ?? []
  const index = seasons.findIndex((names) => names.includes(season.toLowerCase()))
  return index === -1 ? undefined : `${year}-${21 + index}`
}

/**
 * Reads a date that is uncertain, approximate or without its last digits: `1998?`, `c. 1998`, `1990s`, `19XX`. A range in EDTF
 * gets the mark at both ends: `c. 1990/1995` becomes `1990~/1995~`.
 */
function readQualified(text: string, readPart: DateReader): string | undefined {
  const decade = /^(?:the\s+)?(\d{3})(?:0'?s|[x?-])$/i.exec(text)?.[1]
  if (decade !== undefined) return `${decade}X`
  const century = /^(\d{2})(?:xx|\?\?|--)$/i.exec(text)?.[1]
  if (century !== undefined) return `${century}XX`
  const uncertain = /^(?:\?\s*(.+)|(.+?)\s*(?:\?|\(\?\)|\[\?\]))$/.exec(text)
  const stripped = uncertain ? (uncertain[1] ?? uncertain[2] ?? '') : text.replace(approximate, '')
  if (stripped === text) return undefined
  const date = readPart(stripped.trim())
  const marked = date?.replaceAll(/[^/.]+/g, `$&${uncertain ? '?' : '~'}`)
  return marked !== undefined && findEdtfFault(marked) === undefined ? marked : undefined
}

/**
 * Reads a range: `1990-1995`, `1990–95`, `2001.3-2002.5`, `April 2011 to May 2012`, `since 1990`, `until 1995`, `Q2 2011`.
 * `before 1995` ends with 1994.
 */
function readRange(text: string, readPart: DateReader): string | undefined {
  // A single `0`, and any zero before 月 or 日, is no month or day. With other separators, `00` means an unknown month or day.
  if (/(?<!\d)(?:0+[月日]|0(?!\d))/.test(text)) return undefined
  const years = /^(\d{4})\s*[-–—/]\s*(\d{4}|\d{2})$/.exec(text)
  if (years) {
    const [, first = '', last = ''] = years
    return validRange(first, last.length === 2 ? first.slice(0, 2) + last : last)
  }
  const [, quarterFirst, yearLast] = /^q([1-4])[\s/-]*(\d{4})$/i.exec(text) ?? []
  const [, yearFirst, quarterLast] = /^(\d{4})[\s/-]*q([1-4])$/i.exec(text) ?? []
  const quarter = Number(quarterFirst ?? quarterLast)
  if (quarter) {
    const year = yearLast ?? yearFirst
    const month = (number: number) => `${year}-${String(number).padStart(2, '0')}`
    return validRange(month(quarter * 3 - 2), month(quarter * 3))
  }
  const since = /^(?:since|from)\s+(.+)$|^(.+?)\s*[-–—]$/i.exec(text)
  if (since && !rangeSeparator.test(since[1] ?? '')) {
    const date = readPart((since[1] ?? since[2] ?? '').trim())
    return date === undefined ? undefined : validRange(date, '..')
  }
  const before = /^before\s+(.+)$/i.exec(text)?.[1]
  const until = before ?? /^(?:until|till|to)\s+(.+)$/i.exec(text)?.[1]
  if (until !== undefined) {
    const date = readPart(until.trim())
    const last = before !== undefined && date !== undefined ? shiftDate(date, -1) : date
    return last === undefined ? undefined : validRange('..', last)
  }
  const ends = text
    .replace(/^(?:from|between)\s+/i, '')
    .replace(/\s+and\s+/i, ' to ')
    .replace(hyphenOfRange, '$1–$2')
    .split(rangeSeparator)
  if (ends.length !== 2) return undefined
  const [first, last] = ends.map((end) => readPart(end.trim()))
  return first !== undefined && last !== undefined ? validRange(first, last) : undefined
}

function validRange(first: string, last: string): string | undefined {
  const range = `${first}/${last}`
  return findEdtfFault(range) === undefined ? range : undefined
}
