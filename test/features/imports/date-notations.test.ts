import { expect, it } from 'vitest'
import { sharedApi } from '../../support/api.ts'
import { checkCsv, newScheme, titledMapping } from '../../support/imports.ts'

/** Notes about columns whose dates may be read wrongly. */

const api = await sharedApi()

const noteOf = async (dates: readonly string[], { date = '' } = {}) => {
  const mapping = titledMapping(newScheme(), {
    resource: 'projects',
    kind: 'joint_research',
    properties: [`startsOn: {from: Term${date}}`],
  })
  const csv = ['Id;Term', ...dates.map((text, index) => `${index};${text}`), ''].join('\n')
  const { fileInfo, counts } = await checkCsv(api.database, mapping, csv)
  expect(counts).toMatchObject({ created: dates.length })
  return fileInfo?.notes
}

it.each([
  ['2001-05', '2001/2005'],
  ['2014-24', '2014/2024'],
])('a note names a column with both a range of years and %s, which may be one', async (month, range) => {
  expect(await noteOf(['1998', month, '2007-13'])).toEqual([
    `The column "Term" has "2007-13", which was read as years, and "${month}", which was read as a month or a season. If it means years, write "${range}".`,
  ])
})

it.each([
  ['2001-05', '2001/2005'],
  ['2011-04', '2007-13'],
  ['2007-13', '1998-99'],
])('dates whose notations do not contradict each other have no note: %s and %s', async (one, other) => {
  expect(await noteOf([one, other])).toEqual([])
})

it('a column with a stated format of dates has no note', async () => {
  expect(await noteOf(['2001-05', '2007-13'], { date: ', date: YYYY-MM' })).toEqual([])
})

it.each(['2554-03-12', '12 March 2554', '1390/12/21', '9999-12-31', '0001-01-01', '5771', '-0044'])(
  'a note names a column with a date that may be of another calendar, or none: %s',
  async (date) => {
    expect(await noteOf(['2011', '1648-10-24', '203X', '2100', date])).toEqual([
      `The column "Term" has dates before 1500 or more than 100 years from now, such as "${date}". If they are of another calendar, convert them in the file. If they mean that there is no date, list them in "empty" of the mapping.`,
    ])
  },
)

it('a column with usual dates, ranges and unknown digits has no note', async () => {
  expect(await noteOf(['1500', '2011-03/..', '../1995', '19XX', '1990s', 'c. 1985'])).toEqual([])
})
