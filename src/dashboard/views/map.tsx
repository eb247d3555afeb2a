import { Link } from 'wouter-preact'
import { chartSelection, mapDataPath } from '../../view-data.ts'
import { explorePath, findResource } from '../api/resources.ts'
import type { Aggregate, Group } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useCountryMarkers } from '../api/use-country-markers.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import WorldMap from '../charts/world-map.tsx'
import { AsOfContext, useRecordPath } from '../components/as-of-context.ts'
import { ChartHead } from '../components/chart/chart-head.tsx'
import { ChartControls } from '../components/chart/controls.tsx'
import { useFilterText } from '../components/chart/filter-text.ts'
import { PeriodSlider } from '../components/chart/period-slider.tsx'
import { NotFound } from '../components/not-found.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { findAsOfName, useParameters } from '../use-parameters.ts'

/** The table is open at first if it has at most this many rows. */
const maxOpenRows = 30

/** The number of records of a resource for each country, on the map and in a table. */
export default function MapView() {
  const [parameters] = useParameters()
  const resource = findResource(chartSelection(parameters).resource)
  return resource?.dimensions.includes('country') ? <ResourceMap /> : <NotFound />
}

function ResourceMap() {
  const { t, tag, resourceLabel } = useLanguage()
  const [parameters] = useParameters()
  const { resource, filters } = chartSelection(parameters)
  const { happenedIn: _, ...filtersWithoutPeriod } = filters
  const state = useKeepPrevious(useApi<Aggregate>(mapDataPath(parameters)))
  const resourceName = resourceLabel(resource)
  const resourceInText = resourceName.toLocaleLowerCase(tag)
  const filterText = useFilterText(parameters)
  const caption = [t('chart.mapCaption', { resource: resourceInText }), filterText].filter(Boolean).join(' ')
  return (
    <>
      <ChartHead
        title={t('chart.map', { resource: resourceName })}
        resource={resource}
        filters={filters}
        total={state.status === 'ready' ? state.body?.total : undefined}
        hasFailed={state.status === 'failed'}
      />
      <div class="stack">
        <ChartControls country={{ parameter: 'partnerOf', label: t('chart.partnersOf') }} />
        <PeriodSlider resourceNames={[resource]} filters={filtersWithoutPeriod} />
        <Widget title={t('chart.byCountry')} caption={caption} wide>
          <Loaded state={state} height="36rem">
            {({ data }) =>
              data.length === 0 ? (
                <p class="empty">{t('explore.none')}</p>
              ) : (
                <AsOfContext.Provider value={filters[findAsOfName(parameters)]}>
                  <CountryCounts groups={data} caption={caption} resourceName={resourceName} />
                </AsOfContext.Provider>
              )
            }
          </Loaded>
        </Widget>
      </div>
    </>
  )
}

/** The number of records of each country, on the map and in a table. */
function CountryCounts({
  groups,
  caption,
  resourceName,
}: {
  groups: readonly Group[]
  caption: string
  /** The name of the counted resource. */
  resourceName: string
}) {
  const { t, number } = useLanguage()
  const labels = useLabels()
  const recordPath = useRecordPath()
  const state = useCountryMarkers(groups, ({ list }) => explorePath(list))
  return (
    <>
      <Loaded state={state} height="30rem">
        {(markers) => <WorldMap caption={caption} markers={markers} />}
      </Loaded>
      <details open={groups.length <= maxOpenRows}>
        <summary>{t('state.table')}</summary>
        <table>
          <caption class="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{labels.property('country')}</th>
              <th scope="col" class="number">
                {resourceName}
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.map(({ key, label, measures, list }) => (
              <tr key={list}>
                <th scope="row">
                  {key.country ? (
                    <Link href={recordPath('countries', key.country)}>{label.country ?? key.country}</Link>
                  ) : (
                    t('chart.noCountry')
                  )}
                </th>
                <td class="number">
                  <Link href={explorePath(list)}>{number(measures.count ?? 0)}</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}
