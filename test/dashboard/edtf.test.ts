import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { formatTick } from '../../src/dashboard/charts/format-tick.ts'
import { describeEdtf } from '../../src/dashboard/dates/describe-edtf.ts'
import { edtfSpan } from '../../src/dashboard/dates/edtf-span.ts'
import { formatAsOf } from '../../src/dashboard/dates/format-as-of.ts'
import { formatEdtf } from '../../src/dashboard/dates/format-edtf.ts'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { spans } from '../support/edtf-dates.ts'

const day = (date: Date | null | undefined) => date?.toISOString().slice(0, 10) ?? null

describe('the time as of which the dashboard shows the registry', () => {
  it.each([
    ['2026-01-31T23:59:59.999Z', 'January 31, 2026', '2026年1月31日'],
    ['2026-02-01T20:00:00Z', 'Feb 1, 2026, 8:00 PM UTC', '2026年2月1日 20:00 UTC'],
    ['yesterday', 'yesterday', 'yesterday'],
  ])('is in UTC, like the date inputs, even if the time zone is another one: %s', (iso, english, chinese) => {
    vi.stubEnv('TZ', 'Asia/Shanghai')
    const texts = (['en', 'zh'] as const).map((tag) => formatAsOf(iso, createLanguage(tag)))
    vi.unstubAllEnvs()
    expect(texts.map((text) => text.replaceAll('\u202f', ' '))).toEqual([english, chinese])
  })
})

describe('a date of the dashboard', () => {
  it.each([
    ['2011-04-15', 'April 15, 2011', '2011年4月15日'],
    ['2011-04', 'April 2011', '2011年4月'],
    ['2011-21', 'spring 2011', '2011年春季'],
    ['2011-22/2011-24', 'summer 2011 to winter 2011', '2011年夏季至2011年冬季'],
    ['2011-13', '2011-13', '2011-13'],
    ['2011', '2011', '2011年'],
    ['201X', '2010s', '2010年代'],
    ['20XX', '2000–2099', '2000–2099年'],
    ['200X', '2000–2009', '2000–2009年'],
    ['19XX~', 'about 1900–1999', '约1900–1999年'],
    ['000X/00XX', '0000–0009 to 0000–0099', '0000–0009年至0000–0099年'],
    ['1984?', '1984 (uncertain)', '1984年（不确定）'],
    ['2012-03~', 'about March 2012', '约2012年3月'],
    ['1985-04/..', 'from April 1985', '自1985年4月起'],
    ['../2001', 'until 2001', '至2001年'],
    ['2001/2003', '2001 to 2003', '2001年至2003年'],
    ['0000', '0000', '0000'],
    ['0000-03', '0000-03', '0000-03'],
    ['0001-03', 'March 1', '1年3月'],
    ['-0043-03', '-0043-03', '-0043-03'],
  ])('%s is formatted with its own precision in both languages', (text, english, chinese) => {
    expect(formatEdtf(text, createLanguage('en'))).toBe(english)
    expect(formatEdtf(text, createLanguage('zh'))).toBe(chinese)
  })

  it.each([
    ['0000', '0000, month and day unknown', 'any day from 0000-01-01 to 0000-12-31'],
    ['-0001', '-0001', 'any day from -0001-01-01 to -0001-12-31'],
    ['Y17000', 'Y17000', 'any day from 17000-01-01 to 17000-12-31'],
  ])('%s is described by the first and the last day that it can mean', (text, words, days) => {
    expect(describeEdtf(text, createLanguage('en'))).toEqual({ text: words, days })
  })

  it.each([
    ['-0500-01-01', '-0500', '-0500'],
    ['0000-01-01', '0000', '0000'],
    ['0401-01-01', '401', '401年'],
    ['2011-01-01', '2011', '2011年'],
    ['-0500-04-01', 'Apr', '4月'],
  ])(
    '%s is labelled on an axis by its year, formatted as elsewhere, or by its month',
    (text, english, chinese) => {
      const tick = edtfSpan(text)?.earliest ?? new Date(Number.NaN)
      expect(formatTick(tick, createLanguage('en'))).toBe(english)
      expect(formatTick(tick, createLanguage('zh'))).toBe(chinese)
    },
  )

  it.each([
    ['2011-04-15', '2011-04-15', '2011-04-15', true],
    ['2011-02', '2011-02-01', '2011-02-28', false],
    ['201X', '2010-01-01', '2019-12-31', false],
    ['0050', '0050-01-01', '0050-12-31', false],
    ['2011-04-15?', '2011-04-15', '2011-04-15', false],
    ['1985-04/..', '1985-04-01', null, false],
    ['2001/2003', '2001-01-01', '2003-12-31', false],
  ])('%s covers every day that it may mean', (text, earliest, latest, isExact) => {
    const span = edtfSpan(text)
    expect([day(span?.earliest), day(span?.latest), span?.isExact]).toEqual([earliest, latest, isExact])
  })

  it('covers the days that a simple reference implementation computes, in many forms of EDTF', () => {
    const dayNumber = (date: Date | null, open: number) =>
      date === null ? open : date.getTime() / 86_400_000
    fc.assert(
      fc.property(spans, ({ text, from, to }) => {
        const span = edtfSpan(text)
        // `Date` has only 100 million days before and after 1970.
        if (span === undefined)
          return [from, to].some((day) => Number.isFinite(day) && Math.abs(day) > 100_000_000)
        expect([dayNumber(span.earliest, -Infinity), dayNumber(span.latest, Infinity)]).toEqual([from, to])
        return true
      }),
      { numRuns: 5000 },
    )
  })
})
