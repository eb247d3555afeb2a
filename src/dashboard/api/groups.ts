import type { YearBar } from '../charts/group-years.ts'
import type { Bar } from '../components/bar-table.tsx'
import { explorePath, recordPath } from './resources.ts'

/** The properties of a group in an aggregate or a briefing from which a bar is created. */
interface LabelledGroup {
  key: Readonly<Record<string, string | null>>
  label: Readonly<Record<string, string | null>>
  measures: Readonly<Record<string, number | null>>
  list: string
}

/** Returns the path of the view of a group's country, or of the group's records if the group has no country. */
export const countryPath = ({ key: { country }, list }: LabelledGroup): string =>
  country ? recordPath('countries', country) : explorePath(list)

/**
 * Converts groups by one dimension to bars. By default, a bar shows the number of records and links to the view of these
 * records.
 * @param unknownLabel label of the group of records without a value of the dimension, if the response has no label for this
 * group.
 * @param options `measure`: the measure that bars show. `toPath`: returns the path that the bar of a group links to.
 */
export const toBars = <Group extends LabelledGroup>(
  groups: readonly Group[],
  dimension: string,
  unknownLabel: string,
  {
    measure = 'count',
    toPath = ({ list }) => explorePath(list),
  }: { measure?: string; toPath?: (group: Group) => string } = {},
): Bar[] =>
  groups.map((group) => ({
    label: group.label[dimension] ?? group.key[dimension] ?? unknownLabel,
    value: group.measures[measure] ?? 0,
    path: toPath(group),
    isUnknown: (group.key[dimension] ?? null) === null,
  }))

/** Returns the number of the year that a group has as key: 17000 for `Y17000`, -43 for `-0043`; NaN for null. */
export const yearOf = (key: string | null): number => Number(key?.replace('Y', '') ?? Number.NaN)

/** Converts groups by a dimension of years, such as `signedYear`, to bars. */
export const toYearBars = (
  groups: readonly LabelledGroup[],
  dimension: string,
  unknownLabel: string,
): YearBar[] =>
  toBars(groups, dimension, unknownLabel).map((bar, index) => {
    // A year of more than four digits (`Y17000`) is shown with the unknown years. Otherwise each column would be a century or more,
    // and most other years would be in one or two of them.
    const year = Number(groups[index]?.key[dimension] ?? Number.NaN)
    return { ...bar, year: Number.isNaN(year) ? null : year }
  })
