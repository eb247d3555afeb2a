import type { Bar } from '../components/bar-table.tsx'
import { explorePath, recordPath } from './resources.ts'

/** The properties of a group of an aggregate or a briefing that bars show. */
interface LabelledGroup {
  key: Readonly<Record<string, string | null>>
  label: Readonly<Record<string, string | null>>
  measures: Readonly<Record<string, number | null>>
  list: string
}

/** The view of the country of a group, or of the records of a group without a country. */
export const countryPath = ({ key: { country }, list }: LabelledGroup): string =>
  country ? recordPath('countries', country) : explorePath(list)

/**
 * Turns the groups over one dimension into bars. The group without a value is called `unknown` if it has no label. By default,
 * bars have the number of records, and each leads to the records of its group.
 */
export const toBars = <Group extends LabelledGroup>(
  groups: readonly Group[],
  dimension: string,
  unknown: string,
  {
    measure = 'count',
    toPath = ({ list }) => explorePath(list),
  }: { measure?: string; toPath?: (group: Group) => string } = {},
): Bar[] =>
  groups.map((group) => ({
    label: group.label[dimension] ?? group.key[dimension] ?? unknown,
    value: group.measures[measure] ?? 0,
    path: toPath(group),
    isUnknown: (group.key[dimension] ?? null) === null,
  }))
