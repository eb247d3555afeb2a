import { useMemo } from 'preact/hooks'
import { Redirect, useLocation } from 'wouter-preact'
import { networkDataPath, wholeNetworkPath } from '../../view-data.ts'
import { resourcesWithParticipants } from '../api/resources.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import type { ApiState } from '../api/use-read.ts'
import { NetworkChart } from '../charts/network-chart.tsx'
import {
  type CountryNetwork,
  egoGraph,
  findEdge,
  type Network,
  type NetworkEdge,
  type NetworkGraph,
  pairOf,
  wholeGraph,
} from '../charts/network-data.ts'
import { NetworkMatrix } from '../charts/network-matrix.tsx'
import { AsOfContext } from '../components/as-of-context.ts'
import { ChartLinks } from '../components/chart/chart-links.tsx'
import { ChartControls } from '../components/chart/controls.tsx'
import { useFilterText } from '../components/chart/filter-text.ts'
import { type NetworkSelection, PairDetails } from '../components/chart/pair-details.tsx'
import { PairTable } from '../components/chart/pair-table.tsx'
import { PeriodSlider } from '../components/chart/period-slider.tsx'
import { SelectField } from '../components/chart/select-field.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { changeParameters, useParameters } from '../use-parameters.ts'

/** Networks with at least this number of nodes are shown as a matrix. In a graph, their lines would cover one another. */
const minMatrixNodes = 100

/**
 * Reads the network of the view.
 * @returns the state of its graph. `remaining`: the code of the country at the centre of the network that the API returns. It
 * differs from `centre` if the country `centre` was merged into another one. Undefined until the API has returned the network of a
 * country.
 */
function useNetworkGraph(
  parameters: URLSearchParams,
  { centre, isOfOrganizations }: { centre: string | undefined; isOfOrganizations: boolean },
): { state: ApiState<NetworkGraph>; remaining: string | undefined } {
  const whole = useKeepPrevious(useApi<Network>(wholeNetworkPath(parameters)))
  const countryNetworkPath = centre === undefined || isOfOrganizations ? null : networkDataPath(parameters)
  const countryNetwork = useKeepPrevious(useApi<CountryNetwork>(countryNetworkPath))
  const graph = useMemo(() => {
    if (!whole.body) return undefined
    if (centre === undefined) return wholeGraph(whole.body)
    if (isOfOrganizations) return egoGraph(whole.body, centre)
    return countryNetwork.body?.country.code === centre
      ? egoGraph(whole.body, centre, countryNetwork.body)
      : undefined
  }, [whole.body, countryNetwork.body, centre, isOfOrganizations])
  const isLoading = [whole, ...(countryNetworkPath === null ? [] : [countryNetwork])].some(
    ({ status }) => status === 'loading',
  )
  const failed = [whole, countryNetwork].find(({ error }) => error !== undefined)
  const state: ApiState<NetworkGraph> = failed?.error
    ? { status: 'failed', error: failed.error, retry: failed.retry }
    : { status: isLoading ? 'loading' : 'ready', retry: whole.retry, ...(graph && { body: graph }) }
  const remaining = countryNetwork.status === 'ready' ? countryNetwork.body?.country.code : undefined
  return { state, remaining }
}

/** The network of all participants, or the network around one participant, the centre. */
export default function NetworkView() {
  const { t, resourceLabel } = useLanguage()
  const [path] = useLocation()
  const [parameters, change] = useParameters()
  const centre = parameters.get('centre') ?? undefined
  const kind = parameters.get('level') === 'organization' ? 'organization' : 'country'
  const isOfOrganizations = kind === 'organization'
  const { state, remaining } = useNetworkGraph(parameters, { centre, isOfOrganizations })
  const name = state.body?.nodes.find(({ id }) => id === centre)?.name
  const resource = parameters.get('resource')
  if (remaining !== undefined && remaining !== centre)
    return (
      <Redirect
        to={`${path}${changeParameters(parameters, { centre: remaining, pair: undefined })}`}
        replace
      />
    )
  return (
    <>
      <PageHead title={name ? t('network.titleOf', { name }) : t('network.title')} actions={<ChartLinks />}>
        <p>{t('network.lead')}</p>
        <PrintedAsOf asOf={parameters.get('asOf') ?? undefined} />
      </PageHead>
      <div class="stack">
        <ChartControls
          {...(!isOfOrganizations && { country: { parameter: 'centre', label: t('network.centre') } })}
          allResources
        >
          <SelectField
            label={t('network.level')}
            value={isOfOrganizations ? 'organization' : ''}
            options={[{ value: 'organization', label: resourceLabel('organizations') }]}
            emptyLabel={resourceLabel('countries')}
            onChange={(level) => change({ level, centre: undefined, pair: undefined })}
          />
        </ChartControls>
        <PeriodSlider
          resourceNames={resource?.split(',') ?? resourcesWithParticipants.map((one) => one.name)}
          filters={{ ...recordFilters(parameters), ...(centre !== undefined && { [kind]: centre }) }}
        />
        <Loaded state={state} height="40rem">
          {(shown) => (
            <AsOfContext.Provider value={parameters.get('asOf') ?? undefined}>
              <NetworkWidget graph={shown} kind={kind} />
            </AsOfContext.Provider>
          )}
        </Loaded>
      </div>
    </>
  )
}

/** Returns the filters of the API's lists that select the records of the network, without the period and the centre. */
function recordFilters(parameters: URLSearchParams): Record<string, string> {
  const names = ['topic', 'source', 'externalIdScheme', 'region', 'asOf']
  return Object.fromEntries([...parameters].filter(([name]) => names.includes(name)))
}

/** Returns which records the network counts for each pair of participants. */
function networkSelection(parameters: URLSearchParams, kind: NetworkSelection['kind']): NetworkSelection {
  // The region only selects which pairs are in the network. Each of these pairs counts all of its records.
  const { region: _, ...filters } = recordFilters(parameters)
  const [from, to] = [parameters.get('from'), parameters.get('to')]
  return {
    kind,
    filters,
    period: from === null && to === null ? undefined : `${from ?? '..'}/${to ?? '..'}`,
    includesUndated: parameters.get('undated') === 'include',
  }
}

function NetworkWidget({ graph, kind }: { graph: NetworkGraph; kind: NetworkSelection['kind'] }) {
  const { t, number } = useLanguage()
  const [path] = useLocation()
  const [parameters, change] = useParameters()
  // `centre` and `level` select the participants, which the title and the names in the chart show.
  const filterText = useFilterText(parameters, ['centre', 'level'])
  const isMatrix = graph.nodes.length >= minMatrixNodes || parameters.get('layout') === 'matrix'
  const shownEdges =
    graph.totalEdges > graph.edges.length
      ? t('network.someEdges', { shown: number(graph.edges.length), count: number(graph.totalEdges) })
      : t('network.edges', { count: number(graph.edges.length), nodes: number(graph.nodes.length) })
  const { truncation } = graph
  const truncationNote =
    truncation &&
    t(kind === 'country' ? 'network.chosenPartnerEdges' : 'network.chosenEdges', {
      shown: number(truncation.received),
      count: number(truncation.total),
    })
  const chartCaption = t(isMatrix ? 'network.matrixCaption' : 'network.graphCaption')
  const caption = [chartCaption, shownEdges, truncationNote, filterText].filter(Boolean).join(' ')
  const selected = findEdge(graph, parameters.get('pair'))
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]))
  const network = networkSelection(parameters, kind)
  const select = (edge: NetworkEdge) => change({ pair: pairOf(edge) }, { replace: true })
  return (
    <Widget title={t(isMatrix ? 'network.matrix' : 'network.graph')} caption={caption} wide>
      {graph.edges.length === 0 ? (
        <p class="empty">{truncationNote ?? t('explore.none')}</p>
      ) : (
        <>
          {graph.nodes.length < minMatrixNodes && (
            <button
              type="button"
              class="no-print"
              aria-pressed={isMatrix}
              onClick={() => change({ layout: isMatrix ? undefined : 'matrix' })}
            >
              {t('network.asMatrix')}
            </button>
          )}
          {isMatrix ? (
            <NetworkMatrix graph={graph} caption={caption} selected={selected} onSelect={select} />
          ) : (
            <NetworkChart
              graph={graph}
              caption={caption}
              selected={selected}
              hrefOfNode={(id) =>
                `${path}${changeParameters(parameters, { centre: id === graph.centre ? undefined : id, pair: undefined })}`
              }
              onSelect={select}
            />
          )}
          {selected && <PairDetails edge={selected} names={names} network={network} />}
          <PairTable graph={graph} caption={caption} names={names} network={network} onSelect={select} />
        </>
      )}
    </Widget>
  )
}
