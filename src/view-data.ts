/** Computes the API paths of a view's data from the view's URL. The dashboard and the links of downloads use these paths. */

type Filters = Readonly<Record<string, string>>

/** The records that a chart shows: a resource, and filters of its list in the API. */
export interface Selection {
  resource: string
  filters: Filters
}

/** Parameters of a view's URL that change only the presentation. They do not filter records. */
export const presentationParameters = [
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

/**
 * The parameters of views with a fixed selection of records, besides `format`, `lang` and `embed`. The other views send
 * their parameters, except `presentationParameters`, to the API, which refuses unknown ones.
 */
export const fixedViewParameters: Readonly<Record<string, readonly string[]>> = {
  overview: [],
  search: ['q'],
  changes: ['after'],
  country: ['asOf'],
  record: ['asOf'],
}

/** The resource that a chart or a comparison shows if its URL names none. */
export const defaultResource = 'agreements'

/** Maximum number of edges or partners in the response of a network. */
const maxEdges = 1000

/** Maximum number of groups in the response of an aggregate. */
export const maxGroups = 10_000

/**
 * Types of the parameters of a resource's list, by name. Parameters that take several values have `commaSeparated`, `numbers`
 * or, if a value may contain a comma, `repeated`.
 */
type ParameterTypes = Readonly<Record<string, string>>

/** Separates the values of a parameter whose name ends in `[]`, which may contain commas, but no line breaks. */
const listSeparator = '\n'

/** Splits the text that `joinRepeated` returns for a parameter into its values. */
export const splitValues = (name: string, text: string): string[] =>
  text.split(name.endsWith('[]') ? listSeparator : ',')

/**
 * Returns a path with a query string, or only the path if there are no parameters. Commas are not encoded: to the API, a
 * percent-encoded comma may belong to a value. So parameters whose values contain commas have a name that ends in `[]`.
 */
export function appendQuery(path: string, parameters: Filters): string {
  const query = new URLSearchParams()
  for (const [name, text] of Object.entries(parameters))
    for (const value of name.endsWith('[]') ? splitValues(name, text) : [text]) query.append(name, value)
  const text = query.toString().replaceAll('%2C', ',')
  return text === '' ? path : `${path}?${text}`
}

/** Returns the path of a record in the API. */
export const apiRecordPath = (resource: string, key: string): string =>
  `/v1/${encodeURIComponent(resource)}/${encodeURIComponent(key)}`

/** Decodes a part of a query string. */
const decode = (text: string): string => new URLSearchParams(`=${text}`).get('') ?? ''

/**
 * Joins by commas the values of each parameter that a view's URL has several times: in the API, `country=CHN&country=PAK` and
 * `country[]=CHN&country[]=PAK` mean `country=CHN,PAK`. Values that contain a comma, such as those of `page[]=12,14` and
 * `externalId=doi:a%2Cb`, are returned as `page[]` and `externalId[]`. If a parameter takes one value, such as `q`, the
 * further values are returned as `q[]`: the API refuses `q` together with `q[]`, so that no view chooses one of the values.
 * @param search the query string, with or without the question mark.
 */
export function joinRepeated(
  search: string,
  resources: readonly { parameterTypes: ParameterTypes }[],
): URLSearchParams {
  const joined = new Map<string, string>()
  const add = (name: string, value: string) => {
    const before = joined.get(name)
    const separator = name.endsWith('[]') ? listSeparator : ','
    joined.set(name, before === undefined ? value : before + separator + value)
  }
  for (const pair of search.replace(/^\?/, '').split('&')) {
    if (pair === '') continue
    const [, name = '', text = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? []
    const sent = decode(name)
    const plain = sent.replace(/\[\]$/, '')
    const types = resources.map(({ parameterTypes }) => parameterTypes[plain])
    if (types.includes('repeated')) {
      for (const value of sent === plain ? text.split(',').map(decode) : [decode(text)])
        add(value.includes(',') ? `${plain}[]` : plain, value)
    } else {
      const takesSeveral =
        plain === 'columns' || types.includes('commaSeparated') || types.includes('numbers')
      add(joined.has(plain) && !takesSeveral ? `${plain}[]` : plain, decode(text))
    }
  }
  return new URLSearchParams([...joined])
}

/** Returns those parameters of a view's URL that filter records. @param excluded names of further parameters to leave out. */
export const listFilters = (parameters: URLSearchParams, excluded: readonly string[] = []): Filters =>
  Object.fromEntries(
    [...parameters].filter(([name]) => ![...presentationParameters, ...excluded].includes(name)),
  )

/**
 * Returns the selection of records that the map or the timeline shows. The years `from` and `to` of the time slider select
 * records that may have happened between these years.
 */
export function chartSelection(parameters: URLSearchParams): Selection {
  const { resource = defaultResource, from, to, ...filters } = listFilters(parameters)
  const isLimited = from !== undefined || to !== undefined
  return {
    resource,
    filters: { ...filters, ...(isLimited && { happenedIn: `${from ?? '..'}/${to ?? '..'}` }) },
  }
}

/** Returns the path of the map's data: the number of records of each country. */
export function mapDataPath(parameters: URLSearchParams): string {
  const { resource, filters } = chartSelection(parameters)
  const groups = { groupBy: 'country', sort: '-count', limit: String(maxGroups) }
  return appendQuery(`/v1/${encodeURIComponent(resource)}/aggregate`, { ...filters, ...groups })
}

/**
 * Returns the path of a network: of the partners of the country `centre`, or of all participants if there is no centre or if
 * the participants are organizations.
 */
export function networkDataPath(parameters: URLSearchParams): string {
  const { centre, level, ...filters } = listFilters(parameters)
  return centre !== undefined && level !== 'organization'
    ? appendQuery(`${apiRecordPath('countries', centre)}/network`, { ...filters, limit: String(maxEdges) })
    : wholeNetworkPath(parameters)
}

/** Returns the path of the network of all participants, even if the view has a centre. */
export function wholeNetworkPath(parameters: URLSearchParams): string {
  const { centre: _, ...filters } = listFilters(parameters)
  return appendQuery('/v1/network', { ...filters, limit: String(maxEdges) })
}

/** A resource with the dimensions of its aggregates and the properties of its event dates. */
export interface DescribedResource {
  name: string
  dimensions: readonly string[]
  eventDates?: readonly string[] | undefined
  /** The parameter with which lists and aggregates are read as of an earlier time. */
  asOfName: string
  parameterTypes: ParameterTypes
}

/** Whether records of the resource have participants: countries, organizations or regions that take part. */
export const hasParticipants = ({ dimensions }: Pick<DescribedResource, 'dimensions'>): boolean =>
  dimensions.includes('country') && dimensions.includes('role')

/** Returns the dimension of the year of the first event date, such as `signedYear` of agreements. */
export function findYearDimension({ eventDates = [], dimensions }: DescribedResource): string | undefined {
  const stem = eventDates[0]?.replace(/(On|From)$/, '')
  return dimensions.find((name) => name === `${stem}Year`)
}

/** The resources that the overview counts in addition to those with participants. */
const countedWithoutParticipants = ['sources', 'figures']

/** Returns the resources that the overview counts. */
export const overviewResources = <Resource extends DescribedResource>(
  resources: readonly Resource[],
): Resource[] => [
  ...resources.filter(hasParticipants),
  ...resources.filter(({ name }) => countedWithoutParticipants.includes(name)),
]

/** Returns the path of the number of records of a resource. */
export const countPath = (resource: string): string =>
  appendQuery(`/v1/${resource}`, { limit: '1', count: 'exact' })

/** Paths of the aggregates that the overview shows. */
export const overviewGroups = {
  signedYear: appendQuery('/v1/agreements/aggregate', {
    groupBy: 'signedYear',
    sort: 'signedYear',
    limit: String(maxGroups),
  }),
  country: appendQuery('/v1/agreements/aggregate', {
    groupBy: 'country',
    sort: '-count',
    limit: String(maxGroups),
  }),
} as const

/** A column of a comparison: a country or all records, now or as of an earlier time. */
export interface ComparedColumn {
  country?: string | undefined
  asOf?: string | undefined
}

/** Maximum number of columns of a comparison. */
export const maxColumns = 4

/** Parameters of a comparison's URL that are not filters of records. */
const comparisonParameters = ['country', 'resource', 'before', 'asOf', 'lang']

/** The countries of a comparison. */
export interface ComparedCountries {
  /** Codes of the countries in the URL. */
  countries: readonly string[]
  columns: readonly ComparedColumn[]
}

/** What a comparison shows: records of a resource that match filters, in each column. */
export interface Comparison extends ComparedCountries {
  resource: string
  filters: Filters
}

/**
 * Parses a comparison from the parameters of its URL: of two to four countries, or of two times. Several countries of a
 * comparison of two times are a filter.
 */
export function readComparison(parameters: URLSearchParams): Comparison {
  const countries = (parameters.get('country') ?? '').split(',').filter((code) => code !== '')
  const [before, asOf] = [parameters.get('before'), parameters.get('asOf') ?? undefined]
  const filters = listFilters(parameters, comparisonParameters)
  const resource = parameters.get('resource') ?? defaultResource
  if (before === null) {
    const columns = countries.slice(0, maxColumns).map((country) => ({ country, asOf }))
    return { resource, filters, countries, columns }
  }
  const country = countries.length === 1 ? countries[0] : undefined
  return {
    resource,
    filters: countries.length > 1 ? { ...filters, country: countries.join(',') } : filters,
    countries,
    columns: [before, asOf].map((time) => ({ country, asOf: time })),
  }
}

/** A code of a country in a comparison's URL, and the code of the country into which it was merged, otherwise the same code. */
export type CountryMeaning = readonly [code: string, remaining: string]

/** Returns the paths of reads that find out which countries the codes of a comparison mean at its times. */
export function countryReads({ countries, columns }: ComparedCountries): { code: string; path: string }[] {
  const times = [...new Set(columns.map(({ asOf }) => asOf))]
  return [...new Set(countries)].flatMap((code) =>
    times.map((asOf) => ({
      code,
      path: appendQuery(apiRecordPath('countries', code), {
        fields: 'code',
        ...(asOf !== undefined && { asOf }),
      }),
    })),
  )
}

/**
 * Returns the codes of the countries to compare instead of those in the URL: a merged country is replaced by the remaining one.
 * Several countries of a comparison of two times are a filter, which gets both codes: the records have one code before the merge, and
 * the other code after it.
 */
export function followMerges(
  { countries, columns }: ComparedCountries,
  meanings: readonly CountryMeaning[],
): string[] {
  if (columns.every(({ country }) => country === undefined))
    return [...new Set([...countries, ...meanings.map(([, remaining]) => remaining)])]
  const merged = new Map(meanings.filter(([code, remaining]) => remaining !== code))
  return [...new Set(countries.map((code) => merged.get(code) ?? code))]
}

/** Dimensions by which records are compared, if their resource has them. */
const comparedDimensions = ['country', 'topic', 'kind', 'modality', 'status']

/** Returns the dimensions by which the records of a resource are compared. The year is the last one. */
export const dimensionsToCompare = (resource: DescribedResource): string[] => [
  ...comparedDimensions.filter((name) => resource.dimensions.includes(name)),
  ...[findYearDimension(resource) ?? []].flat(),
]

/**
 * Whether the groups of a column by country are the partners of the column's country: if the resource has participants, and
 * `filters` does not already select the partners of another country.
 */
export const countsPartners = (
  resource: DescribedResource,
  filters: Filters,
  { country }: ComparedColumn,
  dimension: string,
): boolean =>
  country !== undefined &&
  dimension === 'country' &&
  hasParticipants(resource) &&
  filters.partnerOf === undefined

/** Returns the path of the groups of a column. */
export function comparedGroupsPath(
  resource: DescribedResource,
  filters: Filters,
  column: ComparedColumn,
  dimension: string,
): string {
  const { country, asOf } = column
  const countryFilter = countsPartners(resource, filters, column, dimension) ? 'partnerOf' : 'country'
  return appendQuery(`/v1/${resource.name}/aggregate`, {
    ...filters,
    ...(country !== undefined && { [countryFilter]: country }),
    ...(asOf !== undefined && { [resource.asOfName]: asOf }),
    groupBy: dimension,
    limit: String(maxGroups),
  })
}

/** Returns the values of one parameter, which `joinRepeated` may have split in two. */
const pickParameter = (parameters: URLSearchParams, name: string): Filters =>
  Object.fromEntries([...parameters].filter(([one]) => [name, `${name}[]`].includes(one)))

/** Returns the path of the results of a search. */
export const searchPath = (parameters: URLSearchParams): string =>
  appendQuery('/v1/search', { ...pickParameter(parameters, 'q'), limit: '50' })

/** Returns the path of a page of changes, the latest first. */
export const changesPath = (parameters: URLSearchParams): string =>
  appendQuery('/v1/changes', { ...pickParameter(parameters, 'after'), order: 'desc', limit: '100' })
