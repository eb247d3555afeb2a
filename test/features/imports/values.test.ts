import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadValue } from '../../../src/features/imports/mapping/values/bad.ts'
import { compileDate } from '../../../src/features/imports/mapping/values/date.ts'
import {
  compileNumber,
  readNumberFormat,
  roundNumber,
} from '../../../src/features/imports/mapping/values/number.ts'
import { findEdtfFault } from '../../../src/model/edtf.ts'

const read = (text: string | number, formats: string[] = [], language?: string) => {
  const date = compileDate(formats, language)?.(text)
  return date instanceof BadValue ? `bad: ${date.detail}` : date
}

const days = fc
  .date({ min: new Date('1500-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

/** Writes a day in a format of mappings, by replacing its parts. */
const write = (day: string, format: string, language = 'en') => {
  const [year = '', month = '', dayOfMonth = ''] = day.split('-')
  const name = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(new Date(day))
  const parts: Record<string, string> = {
    YYYY: year,
    MMMM: name,
    MM: month,
    M: String(Number(month)),
    DD: dayOfMonth,
    D: String(Number(dayOfMonth)),
  }
  return format.replaceAll(/YYYY|MMMM|MM|M|DD|D/g, (part) => parts[part] ?? part)
}

describe('dates', () => {
  const formats = [
    'DD/MM/YYYY',
    'MM/DD/YYYY',
    'D.M.YYYY',
    'YYYYMMDD',
    'MM-DD-YYYY',
    'D MMMM YYYY',
    'MMMM D, YYYY',
  ]

  it('in a given format are read back unchanged', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...formats), (day, format) => {
        expect(read(write(day, format), [format])).toBe(day)
      }),
    )
  })

  it('with names of months in Persian follow the Gregorian calendar', () => {
    expect(read('5 آوریل 2011', [], 'fa')).toBe('2011-04-05')
    expect(read('5 مهر 1360', [], 'fa')).toContain('is not read as a date')
  })

  it('with names of months in other languages are read back unchanged', () => {
    const languages = fc.constantFrom('fr', 'es', 'de', 'pt', 'ru', 'it')
    fc.assert(
      fc.property(days, languages, (day, language) => {
        expect(read(write(day, 'D MMMM YYYY', language), ['D MMMM YYYY'], language)).toBe(day)
      }),
    )
  })

  it('without a format are read if they are unambiguous, and otherwise refused', () => {
    fc.assert(
      fc.property(days, fc.constantFrom('DD/MM/YYYY', 'MM/DD/YYYY'), (day, format) => {
        const [, month, dayOfMonth] = day.split('-').map(Number)
        const found = read(write(day, format)) ?? ''
        if (Number(month) <= 12 && Number(dayOfMonth) <= 12 && month !== dayOfMonth)
          expect(found).toContain('may be')
        else expect(found).toBe(day)
      }),
    )
  })

  it('are always EDTF of level 0 or 1, or refused', () => {
    const unit = fc.constantFrom(...'0123456789-/.?~ XcaApril年月日sTZ:QuntilSE')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 14 }), (text) => {
        const found = read(text) ?? ''
        expect(found.startsWith('bad: ') || findEdtfFault(found) === undefined).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['1998?', '1998?'],
    ['? 1998', '1998?'],
    ['c. 1998', '1998~'],
    ['circa April 1998', '1998-04~'],
    ['1990s', '199X'],
    ['19XX', '19XX'],
    ['XX/XX/1998', '1998'],
    ['2011-04-00', '2011-04'],
    ['00.04.2011', '2011-04'],
    ['1990-95', '1990/1995'],
    ['1990–1995', '1990/1995'],
    ['2020/21', '2020/2021'],
    ['2001-22', '2001-22'],
    ['April 2011 to May 2012', '2011-04/2012-05'],
    ['since 1990', '1990/..'],
    ['until 1995', '../1995'],
    ['before 1995', '../1994'],
    ['before 1995-01', '../1994-12'],
    ['before 1 March 2012', '../2012-02-29'],
    ['c. 1990/1995', '1990~/1995~'],
    ['? 1990/..', '1990?/..'],
    ['Q2 2011', '2011-04/2011-06'],
    ['spring 2011', '2011-21'],
    ['2011年4月5日', '2011-04-05'],
    ['2015/04', '2015-04'],
    ['2008/13', '2008/2013'],
    ['2011 年 4 月 5 日', '2011-04-05'],
    ['２０１１年', '2011'],
    ['约1985年', '1985~'],
    ['1985年4月左右', '1985-04~'],
    ['1990年代', '199X'],
    ['自2001年至2005年3月', '2001/2005-03'],
    ['2001-2005年', '2001/2005'],
    ['自2001-2005年', '2001/2005'],
    ['从2001—2005年3月', '2001/2005-03'],
    ['1990-至今', '1990/..'],
    ['1990年～至今', '1990/..'],
    ['1990年起', '1990/..'],
    ['自1990年至今', '1990/..'],
    ['1990～', '1990/..'],
    ['～1995年', '../1995'],
    ['1990～1995', '1990/1995'],
    ['从1990年4月〜1995年', '1990-04/1995'],
    ['2009年4月－2010年6月', '2009-04/2010-06'],
    ['5-Apr-2011', '2011-04-05'],
    ['Sept. 2011', '2011-09'],
    ['2011-04-05 00:00:00', '2011-04-05'],
    ['2011-04-05T10:30', '2011-04-05T10:30:00'],
    ['2011-04-05Z', '2011-04-05'],
    ['2011-04-05+02:00', '2011-04-05'],
    ['2011-04-05-14:00', '2011-04-05'],
    ['2011-04', '2011-04'],
  ])('are read in common notations: %s', (text, date) => {
    expect(read(text)).toBe(date)
  })

  it('with fewer digits than their format are refused, and the error names a format that fits', () => {
    expect(read('5/4/2011', ['DD/MM/YYYY'])).toMatch(
      / The format "D\/M\/YYYY" reads it: add it to date in the mapping\.$/,
    )
    expect(read('5.4.2011', ['DD/MM/YYYY'])).toMatch(/ not a date of the format "DD\/MM\/YYYY"\.$/)
  })

  it('with the name of a month may have fewer digits than their format', () => {
    expect(read('5 April 2011', ['DD MMMM YYYY'])).toBe('2011-04-05')
  })

  it.each([
    ['40179', 'date: excel'],
    ['2011-02-30', 'February 2011 has 28 days'],
    ['next year', 'is not read as a date'],
    ['0000-00-00', 'list it in "empty" of the mapping'],
    ['00/00/0000', 'list it in "empty" of the mapping'],
    ['0000-00-00 00:00:00', 'list it in "empty" of the mapping'],
    ['2011-12年', 'is not read as a date'],
    ['2011年前', 'is not read as a date'],
    ['2011.4-6', 'is not read as a date'],
    ['1995-1990', 'is not read as a date'],
    ['c. 1990/1995?', 'is not read as a date'],
    ['before 1990s', 'is not read as a date'],
    ['before spring 2011', 'is not read as a date'],
    ['2011-02-30Z', 'is not read as a date'],
    ['2011-04-05+15:00', 'is not read as a date'],
    ['2008/09', 'may be the month 2008-09 or the years 2008/2009'],
    ['1999/00', 'may be the year 1999 or the years 1999/2000. Write it in one of these two ways.'],
    ['1899-00', 'may be the year 1899 or the years 1899/1900'],
    ['c. 1999-00', 'is not read as a date'],
    ['c. 2003/11', 'is not read as a date'],
    ['1900s', 'may be the decade 190X or the century 19XX'],
    ['2000年代', '"2000年代" may be the decade 200X or the century 20XX'],
    ['２００８／０９', '"２００８／０９" may be the month 2008-09 or the years 2008/2009'],
    ["the 2000's", 'may be the decade 200X or the century 20XX'],
    [2011.1, 'is a number'],
    [40_179.5, 'date: excel'],
  ])('that are invalid or ambiguous are refused with an explanation: %s', (text, message) => {
    expect(read(text)).toContain(message)
  })

  it.each(['1991-04-05', '1991-04', '1991-04-05 00:00:00', '1991~'])(
    'in EDTF are read with any given format: %s',
    (text) => {
      expect(read(text, ['DD/MM/YYYY'])).toBe(text.replace(' 00:00:00', ''))
    },
  )

  it('are also read in other notations than a given format, except days such as 5.4.2011', () => {
    const texts = ['5 April 2011', '20110405', '04/2011', 'Q2 2011', 'c. 1998', 'c. 2011-04-05']
    const dates = ['2011-04-05', '2011-04-05', '2011-04', '2011-04/2011-06', '1998~', '2011-04-05~']
    expect(texts.map((text) => read(text, ['DD/MM/YYYY']))).toEqual(dates)
    for (const text of ['5.4.2011', '2011/04/05', '04/13/2011'])
      expect(read(text, ['DD/MM/YYYY']), text).toContain('not a date of the format "DD/MM/YYYY"')
  })

  it.each([
    ['c. 04/05/2011', '2011-04-05~', '2011-05-04~'],
    ['04/05/2011?', '2011-04-05?', '2011-05-04?'],
    ['04/05/2011 – 06/07/2011', '2011-04-05/2011-06-07', '2011-05-04/2011-07-06'],
    ['since 04/05/2011', '2011-04-05/..', '2011-05-04/..'],
    ['before 04/05/2011', '../2011-04-04', '../2011-05-03'],
  ])('with marks and in ranges follow a given format, too: %s', (text, monthFirst, dayFirst) => {
    expect(read(text, ['MM/DD/YYYY'])).toBe(monthFirst)
    expect(read(text, ['DD/MM/YYYY'])).toBe(dayFirst)
    const other = text.replaceAll('/', '.')
    expect(read(other, ['MM/DD/YYYY'])).toContain('not a date of the format "MM/DD/YYYY"')
    expect(read(other.replaceAll('.20', '.'), ['MM.DD.YY'])).toBe(monthFirst)
    expect(read(other)).toBe(dayFirst)
  })

  it('with marks and in ranges are not read as serial days', () => {
    const texts = ['c. 1990', '1990–1995', 'since 1990', '1990?']
    const dates = ['1990~', '1990/1995', '1990/..', '1990?']
    expect(texts.map((text) => read(text, ['excel']))).toEqual(dates)
  })

  it('are not read from numbers that may lack a zero, except serial days', () => {
    for (const text of ['2008/09', '２００８／０９']) expect(read(text, ['YYYY/MM'])).toBe('2008-09')
    expect(read('1990年', ['excel'])).toBe('1990')
    expect(read(2011.1, ['YYYY.M'])).toContain('2011.10 is stored as 2011.1')
    expect([read(2011), read(20_110_405), read(5.2011)]).toEqual(['2011', '2011-04-05', '2011-05'])
    expect(read(9999.5, ['excel'])).toBe('1927-05-17T12:00:00')
  })

  it('that contradict a given format are refused, and serial days are read if configured', () => {
    expect(read('04/13/2011', ['DD/MM/YYYY'])).toContain('not a date of the format "DD/MM/YYYY"')
    expect(read('2001.22', ['YYYY.MM'])).toContain('not a date of the format "YYYY.MM"')
    expect([read('40179', ['excel']), read('38717', ['excel1904'])]).toEqual(['2010-01-01', '2010-01-01'])
    for (const text of ['0', '0.5'])
      expect(read(text, ['excel'])).toContain('not a date of the format "excel"')
    for (const format of ['hh:mm', 'YY YYYY', 'MM MMMM YYYY', 'D YYYY'])
      expect(compileDate([format]), format).toBeUndefined()
  })
})

describe('numbers', () => {
  const takeOffUnit =
    ' Take off the unit with the step before or replace. If it is a multiple such as million or 万, also set times. If units differ, convert the values in the file.'

  const tooPrecise = (text: string, number: number) =>
    `The number ${text} has more digits than can be stored; it would become ${number}. To round it, write round in the mapping.`

  const amounts = fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((cents) => cents / 100)
  const locales = fc.constantFrom(
    ['en', '1,234.5'],
    ['de', '1.234,5'],
    ['fr', '1 234,5'],
    ['de-CH', '1’234.5'],
  )

  it('in national formats are read back unchanged if the mapping states the format', () => {
    fc.assert(
      fc.property(amounts, locales, (amount, [locale = '', example = '']) => {
        const format = readNumberFormat(example)
        expect(format).toBeDefined()
        const text = amount.toLocaleString(locale, { maximumFractionDigits: 2 })
        expect(compileNumber(format)(text)).toBe(amount)
      }),
    )
  })

  it('without a format are read if they are unambiguous, and otherwise refused', () => {
    fc.assert(
      fc.property(amounts, locales, (amount, [locale]) => {
        const found = compileNumber()(amount.toLocaleString(locale, { maximumFractionDigits: 2 }))
        if (found instanceof BadValue) expect(found.detail).toContain('may be')
        // A point before three digits is a decimal point, as programs write it.
        else expect([amount, amount / 1000]).toContain(found)
      }),
    )
  })

  it.each([
    ['$1,234.50', 1234.5],
    ['(1,000.5)', -1000.5],
    ['(-5)', -5],
    ['1.187.334,56-', -1_187_334.56],
    ['1 234-', -1234],
    ['($5)', -5],
    ['$(1,234.50)', -1234.5],
    ["'(5)", -5],
    ['(5) %', -5],
    ['(\u22125)', -5],
    ['50 %', 50],
    ['%5', 5],
    ['-%5,5', -5.5],
    ['1 234 567', 1_234_567],
    ["-12'345.5", -12_345.5],
    ['- 1\u202f234,5 €', -1234.5],
    ["'1234", 1234],
    ['1.5e6', 1_500_000],
    ['１２３４５', 12_345],
    ['－１，２３４，５６７．５', -1_234_567.5],
    ['（１２％）', -12],
    ['￥１　２３４', 1234],
    ['-285.716521513', -285.716521513],
    ['+0001234567890.12345000000', 1_234_567_890.12345],
    ['0.30000000000000004', 0.30000000000000004],
    ['5.', 5],
    ['.500000000000000000', 0.5],
  ])('are read in common notations: %s', (text, number) => {
    expect(compileNumber()(text)).toBe(number)
  })

  it('have a minus sign after an integer only if the mapping states the format', () => {
    expect(compileNumber(readNumberFormat('1.234,5'))('12-')).toBe(-12)
    expect(compileNumber()('12-')).toBeInstanceOf(BadValue)
  })

  it.each([
    '12 34',
    '2011 2012',
    '2011 201',
    "1'23",
    '1 234 56',
    "1 234'567",
    '1  234',
    '1 234.567,5',
    '1.5 234',
    '1234.567,5',
    '1234,567.5',
    '5\n100',
    '5\t100',
  ])('whose digits are not in groups of three with one kind of separator are refused: %j', (text) => {
    for (const example of ['', '1 234,5', '1,234.5', '1234.5'])
      expect(compileNumber(readNumberFormat(example))(text)).toBeInstanceOf(BadValue)
  })

  it.each([
    ['1.234,5', '1.5', '"1.5" is not a number of the format "1.234,5".'],
    ['1234.5', '1,234', '"1,234" is not a number of the format "1234.5".'],
    ['', 'many', '"many" is not a number.'],
    ['', '8898548999534.641', tooPrecise('"8898548999534.641"', 8898548999534.64)],
    ['', '+12,345,678,901,234,567', tooPrecise('"+12,345,678,901,234,567"', 12345678901234568)],
    ['', '(9007199254740993)', tooPrecise('"(9007199254740993)"', -9007199254740992)],
    ['', '-.12345678901234567890', tooPrecise('"-.12345678901234567890"', -0.12345678901234568)],
    ['', '2011-2012', '"2011-2012" is not a number.'],
    ['', '-5-', '"-5-" is not a number.'],
    ['', '2011-', '"2011-" is not a number.'],
    ['', '12 -', '"12 -" is not a number.'],
    ['1,234.5', '12 -', '"12 -" is not a number of the format "1,234.5".'],
    ['', '1.5亿', `"1.5亿" is not a number.${takeOffUnit}`],
    ['', '85.5亩', `"85.5亩" is not a number.${takeOffUnit}`],
    [
      '',
      '17°58′N',
      '"17°58′N" is not a number. Write coordinates in decimal degrees, such as 17.97 or -102.6.',
    ],
    ['', '1０²', '"1０²" is not a number.'],
    ['', `${'1'.repeat(80)}x`, `"${'1'.repeat(56)}… is not a number.${takeOffUnit}`],
  ])(
    'that cannot be read are refused with the format of the mapping, if it has one: %j',
    (example, text, detail) => {
      expect(compileNumber(readNumberFormat(example))(text)).toMatchObject({ detail })
    },
  )

  it.each(['1e999', '-1e999', '1e-400', '0.5e-400'])(
    'that are too large or too close to zero are refused with their text: %s',
    (text) => {
      expect(compileNumber()(text)).toMatchObject({ detail: `"${text}" is too large or too close to zero.` })
    },
  )

  it.each(['0', '0.00', '0e999', '-0', '(0)'])('that are zero in any notation are 0, not -0: %s', (text) => {
    expect(compileNumber()(text)).toBe(0)
    expect(roundNumber(-0.001, 2)).toBe(0)
  })

  it('are rounded half away from zero', () => {
    expect([1.005, 2.675, -1.005, 329_430.985389, 1e21].map((number) => roundNumber(number, 2))).toEqual([
      1.01, 2.68, -1.01, 329_430.99, 1e21,
    ])
  })

  it.each([
    [1.5e15, 6, 1.5e15],
    [Number.POSITIVE_INFINITY, 2, Number.POSITIVE_INFINITY],
    [4_503_599_627_370_495.5, 6, 4_503_599_627_370_495.5],
    [-4_503_599_627_370_495.5, 15, -4_503_599_627_370_495.5],
    [4_503_599_627_370_495.5, 0, 4_503_599_627_370_496],
    [1e20, 2, 1e20],
    [1.797e308, 6, 1.797e308],
    [5e-7, 6, 1e-6],
    [4e-7, 6, 0],
    [5e-8, 8, 5e-8],
  ])('are rounded whatever their size: %f to %i decimals', (number, decimals, rounded) => {
    expect(roundNumber(number, decimals)).toBe(rounded)
  })
})
