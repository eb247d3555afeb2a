import { splitValues } from '../view-data.ts'
import { withQuery } from './api/path.ts'
import type { ResourceDescription } from './api/resources.ts'
import type { ExploreState } from './explore-state.ts'

/** The path and the body of a search request to the API. */
export interface SearchRequest {
  path: string
  body: Record<string, unknown>
}

/** Splits `signedOn[gte]` into the filter and its operator, which is `eq` if there is none. */
function splitParameter(parameter: string): [filter: string, operator: string] {
  const [, filter = parameter, operator = 'eq'] = /^(.+?)(?:\[(\w+)\])?$/.exec(parameter) ?? []
  return [filter, operator]
}

/**
 * Returns the comparisons of one parameter. If the parameter has several values, a record must match one of them with `eq`, and all
 * of them with any other operator.
 */
function comparisons(
  resource: ResourceDescription,
  parameter: string,
  filters: ExploreState['filters'],
): Record<string, unknown>[] {
  const [, operator] = splitParameter(parameter)
  const type = resource.parameterTypes[parameter]
  const text = filters[parameter] ?? ''
  if (type === 'boolean') return [{ [operator]: text === 'true' }]
  if (type === 'number') return [{ [operator]: Number(text) }]
  if (type === undefined) return [{ [operator]: text }]
  const values = [parameter, `${parameter}[]`]
    .flatMap((name) => (filters[name] === undefined ? [] : splitValues(name, filters[name])))
    .map((value) => (type === 'numbers' ? Number(value) : value))
  if (operator !== 'eq') return values.map((value) => ({ [operator]: value }))
  return [values.length === 1 ? { eq: values[0] } : { in: values }]
}

/**
 * Filters that restrict other filters, but only within the same object of `where`, so each object in `and` repeats them. With
 * `role`, a country must take part in this role.
 */
const narrowingFilters = ['role', 'partnerOf']

/** Whether a search can express the filters: in a search, `otherThan` takes one value; in a list, it takes several. */
export const isSearchable = ({ filters }: Pick<ExploreState, 'filters'>): boolean =>
  Object.entries(filters).every(([name, text]) => !name.endsWith('[otherThan]') || !text.includes(','))

/**
 * Returns the search request (`POST /v1/{resource}/search`) for the records that the explorer shows, with the same order and
 * properties. Its filters must be searchable (`isSearchable`). The time as of which the registry is read stays in the query
 * string, where it is always called `asOf`.
 */
export function searchRequest(
  resource: ResourceDescription,
  { filters, sort, columns }: ExploreState,
): SearchRequest {
  const { [resource.asOfName]: asOf, ...conditions } = filters
  const where: Record<string, Record<string, unknown>> = {}
  const furtherComparisons: [filter: string, comparison: Record<string, unknown>][] = []
  // Values with commas are in a parameter of their own, such as `page[]` beside `page` (`joinRepeated`).
  const parameters = Object.keys(conditions).map((name) => {
    const plain = name.replace(/\[\]$/, '')
    return resource.parameterTypes[plain] === 'repeated' ? plain : name
  })
  for (const parameter of new Set(parameters)) {
    const [filter] = splitParameter(parameter)
    for (const comparison of comparisons(resource, parameter, conditions)) {
      const existing = where[filter] ?? {}
      // A filter can contain each operator only once. A second comparison with the operator goes to `and`.
      if (Object.keys(comparison).some((operator) => operator in existing))
        furtherComparisons.push([filter, comparison])
      else where[filter] = { ...existing, ...comparison }
    }
  }
  const narrowing = Object.fromEntries(
    Object.entries(where).filter(([name]) => narrowingFilters.includes(name)),
  )
  const and = furtherComparisons.map(([filter, comparison]) => ({
    ...narrowing,
    [filter]: { ...narrowing[filter], ...comparison },
  }))
  const terms = sort === null ? [] : sort.split(',')
  const body = {
    ...(Object.keys(conditions).length > 0 && { where: { ...where, ...(and.length > 0 && { and }) } }),
    ...(terms.length > 0 && {
      sort: terms.map((term) =>
        term.startsWith('-') ? { by: term.slice(1), direction: 'desc' } : { by: term, direction: 'asc' },
      ),
    }),
    fields: [...new Set([resource.key, resource.title, ...columns])],
  }
  return { path: withQuery(`/v1/${resource.name}/search`, { asOf }), body }
}
