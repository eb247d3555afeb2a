import { describe, expect, it } from 'vitest'
import { describeEdtf, isEdtf } from '../../src/dashboard/dates/describe-edtf.ts'
import { createLanguage } from '../../src/dashboard/i18n/language.ts'
import { findEdtfFault } from '../../src/model/edtf.ts'
import { suggestEdtf } from '../../src/suggest-edtf.ts'

describe('a date that is entered', () => {
  const english = createLanguage('en')

  it.each([
    ['April 2011', '2011-04'],
    ['26 April 2011', '2011-04-26'],
    ['Apr 26, 2011', '2011-04-26'],
    ['about 2011', '2011~'],
    ['2010s', '201X'],
    ['1900s', undefined],
    ['Sept 2011', '2011-09'],
    ['5 Sept. 2011', '2011-09-05'],
    ['spring 2010', '2010-21'],
    ['5 spring 2010', undefined],
    ['before 2011', '../2010'],
    ['before January 2011', '../2010-12'],
    ['before 45 May 2011', undefined],
    ['after 2009', '2010/..'],
    ['after 31 December 2011', '2012-01-01/..'],
    ['after 9999', undefined],
    ['before 201X', undefined],
    ['the 1800s', undefined],
    ['1900年代', '190X'],
    ['since April 2011', '2011-04/..'],
    ['2011 to 2013', '2011/2013'],
    ['between 2011 and 2013', '2011/2013'],
    ['2011 and 2013', undefined],
    ['about 2011 to 2013', '2011~/2013~'],
    ['about 2011 to about 2013', '2011~/2013~'],
    ['perhaps since 2011', '2011?/..'],
    ['约2011年至2013年', '2011~/2013~'],
    ['2011年至约2013年', '2011/2013~'],
    ['2011年4月26日', '2011-04-26'],
    ['约2011年', '2011~'],
    ['从2010年到2012年', '2010/2012'],
    ['自2010年至2012年4月', '2010/2012-04'],
    ['２０１１年４月', '2011-04'],
    ['２０１１－０４－０５', '2011-04-05'],
    ['二〇一一年四月', '2011-04'],
    ['二零一一年十二月三十一日', '2011-12-31'],
    ['约二○一○年十月二十日', '2010-10-20~'],
    ['二〇一〇年代', '201X'],
    ['2011-2013', '2011/2013'],
    ['2011..2013', '2011/2013'],
    ['20110426', '2011-04-26'],
    ['c. 2011', '2011~'],
    ['ca 2011', '2011~'],
    ['~2011', '2011~'],
    ['2011～2013', '2011/2013'],
    ['2011.12', '2011-12'],
    ['2011.22', undefined],
    ['2011年5日', undefined],
    ['4/5/2011', undefined],
    ['April 31, 2011', undefined],
  ])('as %s is suggested as %s', (text, date) => {
    expect(suggestEdtf(text, 'zh', isEdtf)).toBe(date)
    if (date) expect(findEdtfFault(date)).toBeUndefined()
  })

  it('is described with its unknown parts, and is recognized only if it is valid', () => {
    expect(describeEdtf('2011-04', english)).toEqual({
      text: 'April 2011, day unknown',
      days: 'any day from April 1, 2011 to April 30, 2011',
    })
    expect(describeEdtf('2011-04-26', english)).toEqual({ text: 'April 26, 2011' })
    for (const text of ['2011', '2011-04~', '201X', '2010-01/2010-02', '2010/..'])
      expect(isEdtf(text), text).toBe(true)
    for (const text of ['2011-13', '2011-02-30', 'soon', '2010/2009', '2010-02/2010-01'])
      expect(isEdtf(text), text).toBe(false)
  })

  it.each(['2011/soon', 'soon/2011', '2011/13', '2011/2012/2013', '2011-21-01'])(
    'as %s is not a date',
    (text) => {
      expect(findEdtfFault(text)).toBeDefined()
      expect(isEdtf(text)).toBe(false)
    },
  )
})
