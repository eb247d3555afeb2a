import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadValue } from '../../../src/features/imports/mapping/values/bad-value.ts'
import { compileDate } from '../../../src/features/imports/mapping/values/date.ts'
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

  it.each(['th', 'mr', 'ta', 'bn', 'te', 'pa', 'kn', 'ar', 'ru', 'fr'])(
    'with abbreviated months of the language %s are read back unchanged',
    (language) => {
      const format = new Intl.DateTimeFormat(language, {
        month: 'short',
        timeZone: 'UTC',
        calendar: 'gregory',
        numberingSystem: 'latn',
      })
      for (let month = 1; month <= 12; month += 1) {
        const name = format.format(Date.UTC(2011, month - 1, 5))
        expect(read(`5 ${name} 2011`, [], language)).toBe(`2011-${String(month).padStart(2, '0')}-05`)
      }
    },
  )

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
    ['2011-04-05  00:00:00', '2011-04-05'],
    ['c.  5   April\n2011', '2011-04-05~'],
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

  it.each([
    ['2011-02-30', 'February 2011 has 28 days'],
    ['2011-02-30Z', 'February 2011 has 28 days'],
    ['2011-04-31T10:30', 'April 2011 has 30 days'],
    ['30.02.2020', 'February 2020 has 29 days'],
    ['2020/2/30', 'February 2020 has 29 days'],
    ['20190229', 'February 2019 has 28 days'],
    ['31 June 1998', 'June 1998 has 30 days'],
    ['45.01.2020', 'January 2020 has 31 days'],
    ['2011年11月31日', 'November 2011 has 30 days'],
  ])(
    'with a day that their month does not have are refused with the length of the month: %s',
    (text, month) => {
      expect(read(text)).toBe(`bad: "${text}" is not a date: ${month}.`)
    },
  )

  it.each(['2011-04-28 10:75', '2011-04-28 23:59:60', '2011-04-28T10:00:00+05:75', '2011-04-28+08:60'])(
    'with a wrong time or offset are refused without a sentence about the month: %s',
    (text) => {
      expect(read(text)).toContain(`"${text}" is not read as a date: expected`)
    },
  )

  it('that are refused have no sentence about the month if longer than 40 characters', () => {
    const format = '* D MMMM YYYY'
    expect(read('Rome, 31 June 1998', [format])).toContain('June 1998 has 30 days')
    expect(read(`Rome, ${'a'.repeat(30)}, 31 June 1998`, [format])).toContain('is not a date of the format')
  })

  it('with a day that their month does not have are recognized in a given format', () => {
    expect(read('31/02/98', ['DD/MM/YY'])).toBe('bad: "31/02/98" is not a date: February 1998 has 28 days.')
    expect(read('2020:02:30', ['YYYY:MM:DD'])).toBe(
      'bad: "2020:02:30" is not a date: February 2020 has 29 days.',
    )
    expect(read('31.02.1998', ['DD/MM/YYYY'])).toContain('is not a date of the format')
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

  it('with marks or words and in ranges are not read as serial days', () => {
    const texts = ['c. 1990', '1990–1995', 'since 1990', '1990?', '1990年']
    const dates = ['1990~', '1990/1995', '1990/..', '1990?', '1990']
    expect(texts.map((text) => read(text, ['excel']))).toEqual(dates)
  })

  it.each(['excel', 'excel1904'])(
    'that may be years or serial days are refused unless the mapping says which: %s',
    (format) => {
      for (const value of ['2011', 2011]) {
        expect(read(value, [format])).toContain(`with date: [YYYY, ${format}] or date: [${format}, YYYY].`)
        expect(read(value, ['YYYY', format])).toBe('2011')
        expect(read(value, [format, 'YYYY'])).toMatch(/^190\d-\d\d-\d\d$/)
      }
    },
  )

  it('that may be a month or years are read as a month if a given format says so', () => {
    for (const text of ['2008/09', '２００８／０９']) expect(read(text, ['YYYY/MM'])).toBe('2008-09')
  })

  it('are not read from numbers that may lack a zero, except serial days', () => {
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
