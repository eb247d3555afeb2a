import { expect, it } from 'vitest'
import { toYearBars } from '../../src/dashboard/api/groups.ts'
import { groupYears } from '../../src/dashboard/charts/group-years.ts'

/** The column of a chart for records whose year is unknown, or after the year 9999. */

const group = (year: string | null, count: number) => ({
  key: { year },
  label: { year },
  measures: { count },
  list: '/v1/agreements',
})

it.each([
  ['single years', 3],
  ['decades', 1],
])('groupYears adds up all records without a year in one bar: %s', (_period, room) => {
  const years = toYearBars(
    [group('2010', 1), group('2012', 1), group('Y17000', 2), group(null, 3)],
    'year',
    '–',
  )
  const { bars } = groupYears(years, room, (first, last) => `${first} to ${last}`)
  expect(bars.at(-1)).toEqual({ year: null, label: 'Y17000 · –', value: 5, isUnknown: true })
  expect(bars.filter(({ year }) => year === null)).toHaveLength(1)
})
