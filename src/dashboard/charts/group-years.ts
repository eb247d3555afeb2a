import type { Bar } from '../components/bar-table.tsx'

/** A bar with the number of records of a year. `year` is null for records whose year is unknown. */
export type YearBar = Bar & { year: number | null }

/** Lengths of the periods that a column can show, in years. */
const periodLengths = [1, 10, 100, 1000]

/**
 * Sums the numbers of records of years by decade, century or millennium if there are more than `maxPeriods` years. The limit
 * includes periods without records between the first and the last period, and does not apply to millennia.
 * @param formatRange returns the label of a period from its first and last year.
 * @returns the sums, each with the first year of its period, the length of a period in years, and the first years of all periods.
 */
export function groupYears(
  years: readonly YearBar[],
  maxPeriods: number,
  formatRange: (first: number, last: number) => string,
): { bars: YearBar[]; length: number; starts: number[] } {
  const known = years.flatMap(({ year }) => (year === null ? [] : [year]))
  const [min, max] = [Math.min(...known), Math.max(...known)]
  const countPeriods = (length: number) =>
    known.length === 0 ? 0 : Math.floor(max / length) - Math.floor(min / length) + 1
  const length = periodLengths.find((candidate) => countPeriods(candidate) <= maxPeriods) ?? 1000
  const startOf = (year: number) => Math.floor(year / length) * length
  const starts = Array.from({ length: countPeriods(length) }, (_, index) => startOf(min) + index * length)
  if (length === 1) return { bars: [...years], length, starts }
  const sums = starts.map((start) => {
    const inside = years.filter(({ year }) => year !== null && startOf(year) === start)
    const value = inside.reduce((sum, bar) => sum + bar.value, 0)
    return { year: start, value, label: formatRange(start, start + length - 1) }
  })
  return {
    bars: [...sums.filter(({ value }) => value > 0), ...years.filter(({ year }) => year === null)],
    length,
    starts,
  }
}
