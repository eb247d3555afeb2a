/** Converts dates in common notation to EDTF, for the messages of the API and for the forms of the dashboard. */

/** The seasons in English, with their numbers in EDTF. */
const seasonNumbers: readonly [string, number][] = [
  ['spring', 21],
  ['summer', 22],
  ['autumn', 23],
  ['fall', 23],
  ['winter', 24],
]

const monthNumbersByTag = new Map<string, ReadonlyMap<string, number>>()

/**
 * Returns the numbers of months by name: full and abbreviated, in English and in another language; and of seasons in English. They
 * are computed once for each language, since this takes a millisecond.
 * @param tag the tag of the other language.
 */
function monthNumbers(tag: string): ReadonlyMap<string, number> {
  const known = monthNumbersByTag.get(tag)
  if (known) return known
  // `Sept` is a second abbreviation. EDTF writes the seasons as the months 21 to 24.
  const numbers = new Map([['sept', 9], ...seasonNumbers])
  for (const locale of ['en', tag]) {
    for (const month of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(locale, { month, timeZone: 'UTC' })
      for (let index = 0; index < 12; index += 1) {
        const name = format.format(Date.UTC(2000, index, 1)).toLowerCase()
        numbers.set(name.replace(/\.$/, ''), index + 1)
      }
    }
  }
  monthNumbersByTag.set(tag, numbers)
  return numbers
}

const chineseDigits = '〇一二三四五六七八九'

/** Converts the Chinese numeral of a year, month or day to digits: `二〇一一` to `2011`, `十二` to `12`. */
function fromNumeral(numeral: string): string {
  const digits = (part: string) =>
    [...part].map((digit) => chineseDigits.indexOf(digit.replace(/[零○]/, '〇'))).join('')
  const [tens = '', units = ''] = numeral.split('十')
  return numeral.includes('十') ? `${digits(tens) || 1}${digits(units) || 0}` : digits(numeral)
}

const pad = (part: string | number) => String(part).padStart(2, '0')

/** Converts a numeric date that starts with the year: `2011年4月26日`, `2011.4`, `2011-4-26`, `20110426`. */
function fromNumbers(text: string): string | undefined {
  const parts =
    /^(\d{4})(?:\s*年)?$/.exec(text) ??
    /^([12]\d{3})(0[1-9]|1[0-2])(\d{2})$/.exec(text) ??
    /^(\d{4})\s*[年.-]\s*(0?[1-9]|1[0-2])\s*(?:[月.-]\s*(?:(\d{1,2})\s*日?)?)?$/.exec(text)
  if (!parts) return undefined
  const [, year = '', month, day] = parts
  return [year, ...[month, day].filter((part) => part !== undefined).map(pad)].join('-')
}

/** Converts a date with the name of a month or season: `April 2011`, `26 April 2011`, `Apr 26, 2011`, `spring 2011`. */
function fromMonthName(text: string, tag: string): string | undefined {
  const [, first, name = '', second, year] =
    /^(?:(\d{1,2})\.?\s+)?(\p{L}+)\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})$/u.exec(text) ?? []
  const month = monthNumbers(tag).get(name)
  if (month === undefined) return undefined
  const day = first ?? second
  return [year, pad(month), ...(day === undefined ? [] : [pad(day)])].join('-')
}

/** Converts a decade: `2010s`, `1900年代`. `1900s` is not converted, since it may be the decade or the century. */
function fromDecade(text: string): string | undefined {
  const [, english, chinese] = /^(?:(?:the )?(\d{2}[1-9])0s|(\d{3})0年代)$/.exec(text) ?? []
  const decade = english ?? chinese
  return decade === undefined ? undefined : `${decade}X`
}

const qualifierPatterns: readonly [RegExp, string][] = [
  [/^(?:about|around|circa|ca?\.|ca(?=\s)|c(?=\s)|~|大约|约)\s*(.+)$/, '~'],
  [/^(?:perhaps|probably|possibly|可能)\s*(.+)$/, '?'],
]

/**
 * Returns the year, month or day after another, or before it; undefined for other dates.
 * @param date a valid date in EDTF.
 * @param step 1 for the next one, -1 for the one before.
 */
export function shiftDate(date: string, step: 1 | -1): string | undefined {
  if (!/^\d{4}(?:-[01]\d(?:-\d\d)?)?$/.test(date)) return undefined
  const shifted = new Date(date)
  if (date.length === 4) shifted.setUTCFullYear(shifted.getUTCFullYear() + step)
  else if (date.length === 7) shifted.setUTCMonth(shifted.getUTCMonth() + step)
  else shifted.setUTCDate(shifted.getUTCDate() + step)
  return shifted.toISOString().slice(0, date.length)
}

const before = (date: string) => {
  const last = shiftDate(date, -1)
  return last && `../${last}`
}

const after = (date: string) => {
  const first = shiftDate(date, 1)
  return first && `${first}/..`
}

const rangePatterns: readonly [RegExp, (...ends: string[]) => string | undefined][] = [
  [/^(?:from|between|自|从)?\s*(.+?)\s*(?: to |–|—|\.\.|至|到)\s*(.+)$/, (from, to) => `${from}/${to}`],
  [/^(\d{4})\s*[-~]\s*(\d{4})$/, (from, to) => `${from}/${to}`],
  [/^between\s+(.+?)\s+and\s+(.+)$/, (from, to) => `${from}/${to}`],
  [/^(?:from|since|自|从)\s*(.+?)起?$/, (from) => `${from}/..`],
  [/^(?:until|up to|至)\s*(.+?)$/, (to) => `../${to}`],
  [/^before\s+(.+)$/, before],
  [/^after\s+(.+)$/, after],
]

/** Returns whether a text is a date in EDTF. */
type IsEdtf = (text: string) => boolean

/** Converts one date without a qualifier. */
function convertDate(text: string, tag: string, isEdtf: IsEdtf): string | undefined {
  if (isEdtf(text.toUpperCase())) return text.toUpperCase()
  return fromDecade(text) ?? fromMonthName(text, tag) ?? fromNumbers(text)
}

/** Converts one date or a range. The ends of a range are no ranges. */
function convertRange(text: string, tag: string, isEdtf: IsEdtf): string | undefined {
  const convertEnd = (end: string) => convertQualified(end, (date) => convertDate(date, tag, isEdtf))
  for (const [pattern, join] of rangePatterns) {
    const ends = pattern
      .exec(text)
      ?.slice(1)
      .map((end) => convertEnd(end.trim()))
    if (ends?.every((end) => end !== undefined && isEdtf(end) && !end.includes('/')))
      return join(...ends.map(String))
  }
  return convertDate(text, tag, isEdtf)
}

/** Converts a text that may begin with a word such as `about`. @param convert converts the text after the word. */
function convertQualified(text: string, convert: (text: string) => string | undefined): string | undefined {
  for (const [pattern, qualifier] of qualifierPatterns) {
    const date = pattern.exec(text)?.[1]
    if (date !== undefined)
      return convert(date)
        ?.split('/')
        .map((end) => qualify(end, qualifier))
        .join('/')
  }
  return convert(text)
}

/** Adds a qualifier to a date, unless the date has this qualifier, or is the open end of an interval. */
const qualify = (date: string, qualifier: string) =>
  date === '..' || date.endsWith(qualifier) ? date : `${date}${qualifier}`

/**
 * Converts a date in common notation, in English, Chinese or another language, to EDTF (level 0 or 1, ISO 8601-2):
 * `April 2011`, `2011年4月` and `二〇一一年四月` to `2011-04`, `about 2011` to `2011~`. Returns undefined for other texts, including
 * ambiguous dates such as `4/5/2011`.
 * @param tag the tag of a language whose names of months are known, in addition to English.
 * @param isEdtf returns whether a text is a date in EDTF. The service and the dashboard have different ones.
 */
export function suggestEdtf(text: string, tag: string, isEdtf: IsEdtf): string | undefined {
  // An input method may write full-width digits and signs, which NFKC replaces with the usual ones.
  const plain = text
    .normalize('NFKC')
    // The patterns take time cubic in the number of successive spaces.
    .replace(/\s+/g, ' ')
    .replace(/[〇零○一二三四五六七八九十]+(?=[年月日])/g, fromNumeral)
  const edtf = convertQualified(plain.trim().toLowerCase(), (date) => convertRange(date, tag, isEdtf))
  return edtf !== undefined && isEdtf(edtf) ? edtf : undefined
}
