import { apiPath } from '../../api/path.ts'
import { activities, explorePath, mainDate } from '../../api/resources.ts'
import type { Aggregate } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { useKept } from '../../api/use-kept.ts'
import { YearSlider } from '../../charts/year-slider.tsx'
import { useLanguage } from '../../i18n/language.ts'
import { type ParameterChanges, useParameters } from '../../use-parameters.ts'

const maxGroups = 10_000

const yearIn = (text: string | null) => (/^-?\d+$/.test(text ?? '') ? Number(text) : undefined)

/** The time slider of a chart, over the records of some resources that match its other filters. */
export function PeriodSlider({
  shown,
  filters,
}: {
  /** The names of the resources. */
  shown: readonly string[]
  /** Filters of the API, without the period. */
  filters: Readonly<Record<string, string>>
}) {
  const { tOr } = useLanguage()
  const [parameters, change] = useParameters()
  // The list of activities never changes, so neither does the number of hooks.
  const found = activities.map((resource) => {
    const dimension = mainDate(resource)?.yearDimension
    const isShown = dimension !== undefined && shown.includes(resource.name)
    const path = apiPath(`/v1/${resource.name}/aggregate`, {
      ...filters,
      groupBy: dimension,
      limit: maxGroups,
    })
    const { body } = useKept(useApi<Aggregate>(isShown ? path : null))
    if (!isShown || !body) return []
    return body.data.map((group) => ({ group, year: group.key[dimension] ?? null, resource: resource.name }))
  })
  const groups = found.flat()
  const counts = new Map<number, number>()
  for (const { group, year } of groups) {
    if (year !== null) counts.set(Number(year), (counts.get(Number(year)) ?? 0) + (group.measures.count ?? 0))
  }
  const unknown = groups
    .filter(({ year }) => year === null)
    .map(({ group, resource }) => ({
      label: tOr(`resource.${resource}`, resource),
      count: group.measures.count ?? 0,
      path: explorePath(group.list),
    }))
  const set = (changes: ParameterChanges) => change({ ...changes, cursor: undefined }, { replace: true })
  return (
    <YearSlider
      years={[...counts].map(([year, count]) => ({ year, count }))}
      unknown={unknown}
      period={{ from: yearIn(parameters.get('from')), to: yearIn(parameters.get('to')) }}
      onChange={({ from, to }) => set({ from: from?.toString(), to: to?.toString() })}
    />
  )
}
