import { maxValues } from '../../../model/parameters.ts'
import { quote } from '../../../problems/faults.ts'
import { type Fault, FaultList } from '../../../problems/problem.ts'
import { didYouMean } from '../../../problems/suggest.ts'
import {
  apiRecordPath,
  appendQuery,
  type ComparedColumn,
  type CountryMeaning,
  changesPath,
  chartSelection,
  comparedGroupsPath,
  countPath,
  countryReads,
  type DescribedResource,
  dimensionsToCompare,
  fixedViewParameters,
  followMerges,
  hasParticipants,
  joinRepeated,
  listFilters,
  mapDataPath,
  networkDataPath,
  overviewGroups,
  overviewResources,
  readComparison,
  type Selection,
  searchPath,
} from '../../../view-data.ts'

/** Finds the API paths of a view's data, which the server sends at the view's URL with `format=csv` or `format=json`. */

/** A part of a view's data: the response of the API to a path. */
export interface DataPart {
  resource: string
  /** The dimension of the groups in the response; null for a list, of which only the number of records is used. */
  by: string | null
  path: string
  /** The column of the comparison that shows this part; only for comparisons. */
  column?: ComparedColumn
}

const overviewParts = (resources: readonly DescribedResource[]): DataPart[] => [
  ...overviewResources(resources).map(({ name }) => ({ resource: name, by: null, path: countPath(name) })),
  ...Object.entries(overviewGroups).map(([by, path]) => ({ resource: 'agreements', by, path })),
]

/**
 * The paths of a view's data. `records`: a list, and its export as CSV. `response`: one response, which is converted to CSV; the
 * CSV has `columns` if it has no rows. `record`: one record. `parts`: several responses, which are combined into one object or
 * table. `comparison`: `find` returns `parts` or `invalid` for the countries that `reads` found. `invalid`: the URL of the view lacks a parameter,
 * or has a wrong value or an unknown parameter.
 */
export type ViewData =
  | { kind: 'records'; json: string; csv: string }
  | { kind: 'response'; json: string; columns: readonly string[] }
  | { kind: 'record'; json: string }
  | { kind: 'parts'; parts: readonly DataPart[] }
  | {
      kind: 'comparison'
      reads: ReturnType<typeof countryReads>
      find: (meanings: readonly CountryMeaning[]) => ViewData
    }
  | { kind: 'invalid'; faults: FaultList | Fault[] }

function listData({ resource, filters }: Selection, columns?: string): ViewData {
  const path = `/v1/${encodeURIComponent(resource)}`
  const shown = columns === undefined ? filters : { ...filters, fields: columns }
  return {
    kind: 'records',
    json: appendQuery(path, shown),
    csv: appendQuery(`${path}/export`, { ...shown, format: 'csv' }),
  }
}

const response = (json: string, columns: readonly string[]): ViewData => ({ kind: 'response', json, columns })

/** Returns the columns of the CSV of a network: with the number of records of each counted resource. */
function networkColumns(parameters: URLSearchParams, resources: readonly DescribedResource[]): string[] {
  const counted =
    parameters.get('resource')?.split(',') ?? resources.filter(hasParticipants).map(({ name }) => name)
  return ['source', 'label:source', 'target', 'label:target', 'count', ...counted, 'first', 'last']
}

/** Adds the parameter `lang` of a view's URL, if it has one, to a path that has a query string. */
function addLanguage(path: string, parameters: URLSearchParams): string {
  const lang = parameters.get('lang')
  return lang === null ? path : `${path}&lang=${encodeURIComponent(lang)}`
}

const toParts = (parts: readonly DataPart[], parameters: URLSearchParams): ViewData => ({
  kind: 'parts',
  parts: parts.map((part) => ({ ...part, path: addLanguage(part.path, parameters) })),
})

/** The data of a comparison of the countries that the codes in the URL mean. */
function comparisonData(parameters: URLSearchParams, resources: readonly DescribedResource[]): ViewData {
  const given = comparisonParts(parameters, resources)
  // Nothing is read for a wrong request.
  if (given.kind === 'invalid') return given
  const compared = readComparison(parameters)
  const count = compared.countries.length
  if (count > maxValues) {
    const message = `has ${count} values; at most ${maxValues} are possible`
    return { kind: 'invalid', faults: [{ parameter: 'country', code: 'too_big', message, limit: maxValues }] }
  }
  return {
    kind: 'comparison',
    reads: countryReads(compared),
    find(meanings) {
      const country = followMerges(compared, meanings).join()
      return comparisonParts(new URLSearchParams({ ...Object.fromEntries(parameters), country }), resources)
    },
  }
}

function comparisonParts(parameters: URLSearchParams, resources: readonly DescribedResource[]): ViewData {
  const compared = readComparison(parameters)
  const resource = resources.find(({ name }) => name === compared.resource)
  if (!resource) {
    const known = resources.map(({ name }) => name).join(', ')
    return {
      kind: 'invalid',
      faults: [{ parameter: 'resource', code: 'invalid', message: `must be one of ${known}` }],
    }
  }
  if (compared.columns.length < 2) {
    const message = 'must be two to four countries, unless "before" is given'
    return { kind: 'invalid', faults: [{ parameter: 'country', code: 'invalid', message }] }
  }
  const parts = dimensionsToCompare(resource).flatMap((by) =>
    compared.columns.map((column) => ({
      resource: resource.name,
      by,
      column,
      path: comparedGroupsPath(resource, compared.filters, column, by),
    })),
  )
  return toParts(parts, parameters)
}

/** Finds the parameters and values of a view with a fixed selection that its data would ignore. */
function findUnknownParameters(view: string, parameters: URLSearchParams): FaultList {
  const faults = new FaultList()
  const own = fixedViewParameters[view]
  if (!own) return faults
  const known = [...own, 'format', 'lang']
  // `joinRepeated` returns the further values of a repeated parameter as `name[]`.
  const names = new Set([...parameters.keys()].map((name) => name.replace(/\[\]$/, '')))
  for (const name of names) {
    // The API refuses further values of `own` itself. The download links of a view in a frame keep `embed`.
    if (name === 'embed' || own.includes(name)) continue
    if (known.includes(name)) {
      if (parameters.has(`${name}[]`))
        faults.add(() => ({ parameter: name, code: 'repeated', message: 'must be sent only once' }))
      continue
    }
    faults.add(() => ({
      parameter: name,
      code: 'unknown',
      message: `there is no parameter ${quote(name)} here${didYouMean(name, known)}`,
    }))
  }
  return faults
}

/**
 * Returns the paths of a view's data, or undefined for a view without data.
 * @param view the name of the view in `viewPaths`.
 * @param keys path parameters of the view's URL: the code of a country, the name of a resource, the key of a record.
 * @param search the query string of the view's URL.
 */
export function findViewData(
  view: string,
  { resource = '', key = '', code = '' }: Readonly<Record<string, string | undefined>>,
  search: string,
  resources: readonly DescribedResource[],
): ViewData | undefined {
  const parameters = joinRepeated(search, resources)
  const faults = findUnknownParameters(view, parameters)
  if (faults.count > 0) return { kind: 'invalid', faults }
  switch (view) {
    case 'overview':
      return toParts(overviewParts(resources), parameters)
    case 'compare':
      return comparisonData(parameters, resources)
    case 'search':
      return response(searchPath(parameters), ['resource', 'key', 'title', 'link', 'snippet'])
    case 'changes':
      return response(changesPath(parameters), [
        'time',
        'operation',
        'resource',
        'key',
        'version',
        'reason',
        'actor',
      ])
    case 'record': {
      const path = apiRecordPath(resource, key)
      return { kind: 'record', json: appendQuery(path, { ...listFilters(parameters), include: 'names' }) }
    }
    case 'map':
      return response(mapDataPath(parameters), ['country', 'label:country', 'count', 'list'])
    case 'network':
      return response(networkDataPath(parameters), networkColumns(parameters, resources))
    case 'timeline':
      return listData(chartSelection(parameters))
    case 'explore':
      return listData({ resource, filters: listFilters(parameters) }, parameters.get('columns') ?? undefined)
    case 'country': {
      const path = `${apiRecordPath('countries', code)}/briefing`
      const columns = ['resource', 'by', 'key', 'label', 'count', 'list']
      return response(appendQuery(path, listFilters(parameters)), columns)
    }
    default:
      return undefined
  }
}
