import { describe, expect, it } from 'vitest'
import { toYearBars, yearOf } from '../../src/dashboard/api/groups.ts'
import { groupYears, type YearBar } from '../../src/dashboard/charts/group-years.ts'

const bar = (year: number | null): YearBar => ({ year, value: 1, label: String(year) })
const range = (first: number, last: number) => `${first} to ${last}`
const group = (year: string | null, count: number) => ({
  key: { year },
  label: { year },
  measures: { count },
  list: '/v1/agreements',
})

describe('the columns of a chart by year', () => {
  it('show single years if there is room for all years from the first to the last', () => {
    const years = [bar(2010), bar(2012), bar(null)]
    expect(groupYears(years, 3, range)).toEqual({ bars: years, starts: [2010, 2011, 2012] })
  })

  it.each([
    [[2001, 2009, 2010], 2, ['2000 to 2009: 2', '2010 to 2019: 1']],
    [[-1, 0, 99, 100], 3, ['-100 to -1: 1', '0 to 99: 2', '100 to 199: 1']],
    [[-500, 2024], 100, ['-500 to -401: 1', '2000 to 2099: 1']],
  ])('show the sums of longer periods if there is not enough room: %s', (years, room, expected) => {
    const { bars, starts } = groupYears(
      years.map((year) => bar(year)),
      room,
      range,
    )
    expect(bars.map(({ label, value }) => `${label}: ${value}`)).toEqual(expected)
    expect(starts.length).toBeLessThanOrEqual(room)
  })

  it('keep the records of the year 0 apart from records without a year', () => {
    const years = toYearBars([group('0000', 1), group(null, 1)], 'year', 'unknown')
    expect(years.map(({ year }) => year)).toEqual([0, null])
  })

  it.each([
    ['single years', 3],
    ['decades', 1],
  ])('add up records without a year, or after the year 9999, in one bar: %s', (_period, room) => {
    const groups = [group('2010', 1), group('2012', 1), group('Y17000', 2), group(null, 3)]
    const { bars } = groupYears(toYearBars(groups, 'year', '–'), room, range)
    expect(bars.at(-1)).toEqual({ year: null, label: 'Y17000 · –', value: 5, isUnknown: true })
    expect(bars.filter(({ year }) => year === null)).toHaveLength(1)
  })
})

it('yearOf returns the number of a year, even before the year 0 and after the year 9999', () => {
  expect(['2011', '-0043', 'Y17000', '0000'].map(yearOf)).toEqual([2011, -43, 17_000, 0])
})
