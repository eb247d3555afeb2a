import type { Bar } from '../components/bar-table.tsx'

/**
 * A bar with the number of records of a year or of a longer period. `year` is the first year of the period; null for records
 * whose year is unknown.
 */
export type YearBar = Bar & { year: number | null }

/** The longest period that a bar can show, and the shorter ones, in years. */
const longestPeriodYears = 1000
const shorterPeriodsYears = [1, 10, 100]

/** Returns one bar for the records whose year is unknown, since the chart has one column for them; none without such records. */
function sumUnknown(years: readonly YearBar[]): YearBar[] {
  const unknown = years.filter(({ year }) => year === null)
  if (unknown.length < 2) return unknown
  const label = unknown.map((bar) => bar.label).join(' · ')
  return [{ year: null, label, value: unknown.reduce((sum, { value }) => sum + value, 0), isUnknown: true }]
}

/**
 * Returns the bars of single years or, if these are more than `maxPeriods` from the first to the last year, their sums by decade,
 * century or millennium: the shortest period of which there are at most `maxPeriods`, otherwise millennia. `starts` has the first
 * year of each period from the first to the last, including periods without records. The last bar has all records whose year is
 * unknown, if there are any.
 * @param maxPeriods maximum number of periods from the first to the last, including periods without records.
 * @param formatRange returns the label of a period from its first and last year.
 */
export function groupYears(
  years: readonly YearBar[],
  maxPeriods: number,
  formatRange: (first: number, last: number) => string,
): { bars: YearBar[]; starts: number[] } {
  const known = years.flatMap(({ year }) => (year === null ? [] : [year]))
  const [min, max] = [Math.min(...known), Math.max(...known)]
  const countPeriods = (length: number) =>
    known.length === 0 ? 0 : Math.floor(max / length) - Math.floor(min / length) + 1
  const length =
    shorterPeriodsYears.find((candidate) => countPeriods(candidate) <= maxPeriods) ?? longestPeriodYears
  const startOf = (year: number) => Math.floor(year / length) * length
  const starts = Array.from({ length: countPeriods(length) }, (_, index) => startOf(min) + index * length)
  if (length === 1)
    return { bars: [...years.filter(({ year }) => year !== null), ...sumUnknown(years)], starts }
  const sums = starts.map((start) => {
    const inside = years.filter(({ year }) => year !== null && startOf(year) === start)
    const value = inside.reduce((sum, bar) => sum + bar.value, 0)
    return { year: start, value, label: formatRange(start, start + length - 1) }
  })
  return { bars: [...sums.filter(({ value }) => value > 0), ...sumUnknown(years)], starts }
}
