import { maxGroups } from '../../../view-data.ts'
import { combineStates } from '../../api/combine.ts'
import { withQuery } from '../../api/path.ts'
import { explorePath, findEventDates, resourcesWithParticipants } from '../../api/resources.ts'
import type { Aggregate } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { useKeepPrevious } from '../../api/use-keep-previous.ts'
import { type CountWithoutYear, YearSlider } from '../../charts/year-slider.tsx'
import { formatYear, parseYear } from '../../dates/edtf-year.ts'
import { useLanguage } from '../../i18n/language.ts'
import { type ParameterChanges, useParameters } from '../../use-parameters.ts'
import { focusPrevious } from '../focus-previous.ts'
import { Failure, UpdatingBar } from '../widget.tsx'

/**
 * The time slider of a chart. It counts the records of the given resources that match the other filters of the chart. If none of
 * these resources has event dates (organizations, for example, have none), their lists have no filter by period. Then it renders
 * nothing or, if the URL has a period, a button that removes the period.
 */
export function PeriodSlider({
  resourceNames,
  filters,
}: {
  resourceNames: readonly string[]
  /** Filters of the API, without the period. The parameter `sort`, which sorts a list, is ignored. */
  filters: Readonly<Record<string, string>>
}) {
  const { t, resourceLabel } = useLanguage()
  const [parameters, change] = useParameters()
  const { sort: _, ...filtersWithoutSort } = filters
  // The list of these resources is constant, so every render calls the same number of hooks.
  const reads = resourcesWithParticipants.map((resource) => {
    const dimension = findEventDates(resource)?.yearDimension
    const isShown = dimension !== undefined && resourceNames.includes(resource.name)
    const path = withQuery(`/v1/${resource.name}/aggregate`, {
      ...filtersWithoutSort,
      groupBy: dimension,
      limit: maxGroups,
    })
    const state = useKeepPrevious(useApi<Aggregate>(isShown ? path : null))
    return isShown ? [{ name: resource.name, dimension, state }] : []
  })
  const resources = reads.flat()
  const set = (changes: ParameterChanges) => change({ ...changes, cursor: undefined }, { replace: true })
  if (resources.length === 0) {
    if (!parameters.has('from') && !parameters.has('to')) return null
    return (
      <button
        type="button"
        class="chip no-print"
        onClick={({ currentTarget }) => {
          focusPrevious(currentTarget)
          set({ from: undefined, to: undefined })
        }}
      >
        {t('chart.allYears')}
      </button>
    )
  }
  const { body, error, retry } = combineStates(resources.map(({ state }) => state))
  const counts = new Map<number, number>()
  const withoutYear = resources.map(({ name, dimension, state }): CountWithoutYear => {
    const groups = state.body?.data.map((group) => ({ group, year: group.key[dimension] ?? null })) ?? []
    for (const { group, year: text } of groups) {
      const year = parseYear(text ?? '')
      if (year !== undefined) counts.set(year, (counts.get(year) ?? 0) + (group.measures.count ?? 0))
    }
    const undated = groups.find(({ year }) => year === null)?.group
    return {
      label: resourceLabel(name),
      count: undated?.measures.count ?? 0,
      path: undated && explorePath(undated.list),
    }
  })
  const toParameter = (year: number | undefined) => (year === undefined ? undefined : formatYear(year))
  if (error) return <Failure error={error} retry={retry} />
  return (
    <div>
      {body && resources.some(({ state }) => state.status === 'loading') && <UpdatingBar />}
      <YearSlider
        isLoading={body === undefined}
        years={[...counts].map(([year, count]) => ({ year, count }))}
        withoutYear={withoutYear}
        period={{ from: parseYear(parameters.get('from') ?? ''), to: parseYear(parameters.get('to') ?? '') }}
        onChange={({ from, to }) => set({ from: toParameter(from), to: toParameter(to) })}
      />
    </div>
  )
}
