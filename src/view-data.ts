/** Where the API has the data of a view, by the view's URL. The dashboard reads it there, and downloads lead there. */

type Filters = Readonly<Record<string, string>>

/** The records that a chart counts: a resource, and filters of its list in the API. */
export interface Selection {
  resource: string
  filters: Filters
}

/** Parameters of a view's URL that say how it is shown, and not what. */
const presentation = [
  'embed',
  'format',
  'columns',
  'cursor',
  'layout',
  'pair',
  'limit',
  'count',
  'fields',
  'include',
]

/** Most edges and partners that a network has in one response. */
const maxEdges = 1000

/** Most groups that an aggregate has in one response. */
const maxGroups = 10_000

const listFilters = (parameters: URLSearchParams, own: readonly string[] = []): Filters =>
  Object.fromEntries([...parameters].filter(([name]) => ![...presentation, ...own].includes(name)))

/**
 * Returns the records that the map or the timeline shows. The years `from` and `to` of the time slider select the records
 * that may have happened between them.
 */
export function chartSelection(parameters: URLSearchParams): Selection {
  const { resource = 'agreements', from, to, ...filters } = listFilters(parameters)
  const isLimited = from !== undefined || to !== undefined
  return {
    resource,
    filters: { ...filters, ...(isLimited && { happenedIn: `${from ?? '..'}/${to ?? '..'}` }) },
  }
}

const withQuery = (path: string, parameters: Filters): string => {
  const query = new URLSearchParams(parameters).toString()
  return query === '' ? path : `${path}?${query}`
}

/** Returns the path of the map's data: the number of records of each country. */
export function mapDataPath(parameters: URLSearchParams): string {
  const { resource, filters } = chartSelection(parameters)
  const groups = { groupBy: 'country', sort: '-count', limit: String(maxGroups) }
  return withQuery(`/v1/${encodeURIComponent(resource)}/aggregate`, { ...filters, ...groups })
}

/** Returns the path of a network: of all participants, or of the partners of the country in its centre. */
export function networkDataPath(parameters: URLSearchParams): string {
  const { centre, ...filters } = listFilters(parameters)
  const isOfCountry = centre !== undefined && filters.level !== 'organization'
  const { level, ...selected } = filters
  return isOfCountry
    ? withQuery(`/v1/countries/${encodeURIComponent(centre)}/network`, {
        ...selected,
        limit: String(maxEdges),
      })
    : wholeNetworkPath(parameters)
}

/** Returns the path of the network of all participants, whoever is in the centre of the view. */
export function wholeNetworkPath(parameters: URLSearchParams): string {
  const { centre: _, ...filters } = listFilters(parameters)
  return withQuery('/v1/network', { ...filters, limit: String(maxEdges) })
}

/** The data of a view: JSON of the API, and CSV, which is an export of the API or is made of the JSON. */
export interface ViewData {
  json: string
  /** The path of the export. Absent where CSV is made of the JSON. */
  csv?: string
}

function recordData({ resource, filters }: Selection, columns?: string): ViewData {
  const path = `/v1/${encodeURIComponent(resource)}`
  const shown = columns === undefined ? filters : { ...filters, fields: columns }
  return { json: withQuery(path, shown), csv: withQuery(`${path}/export`, { ...shown, format: 'csv' }) }
}

/**
 * Returns where the data of a view is, or undefined for a view without data of its own.
 * @param keys of the view's path: the code of a country, the name of a resource.
 */
export function findViewData(
  view: string,
  keys: Readonly<Record<string, string | undefined>>,
  parameters: URLSearchParams,
): ViewData | undefined {
  switch (view) {
    case 'map':
      return { json: mapDataPath(parameters) }
    case 'network':
      return { json: networkDataPath(parameters) }
    case 'timeline':
      return recordData(chartSelection(parameters))
    case 'explore':
      return recordData(
        { resource: keys.resource ?? '', filters: listFilters(parameters) },
        parameters.get('columns') ?? undefined,
      )
    case 'country':
      return {
        json: withQuery(
          `/v1/countries/${encodeURIComponent(keys.code ?? '')}/briefing`,
          listFilters(parameters),
        ),
      }
    default:
      return undefined
  }
}
