import { apiPath } from './api/path.ts'
import type { ResourceDescription } from './api/resources.ts'
import type { ExploreState } from './explore-state.ts'

/** A search of the API: where it is posted, and its body. */
export interface SearchRequest {
  path: string
  body: Record<string, unknown>
}

/** Splits `signedOn[gte]` into the filter and its operator, which is `eq` if there is none. */
function splitParameter(parameter: string): [filter: string, operator: string] {
  const [, filter = parameter, operator = 'eq'] = /^(.+?)(?:\[(\w+)\])?$/.exec(parameter) ?? []
  return [filter, operator]
}

/** Returns the comparisons of one parameter. A list means any of its values with `eq`, and all of them otherwise. */
function comparisons(
  resource: ResourceDescription,
  parameter: string,
  text: string,
): Record<string, unknown>[] {
  const [, operator] = splitParameter(parameter)
  const takes = resource.filterValues[parameter]
  if (takes === 'boolean') return [{ [operator]: text === 'true' }]
  if (takes === 'number') return [{ [operator]: Number(text) }]
  if (takes === undefined) return [{ [operator]: text }]
  const values = text.split(',').map((value) => (takes === 'numbers' ? Number(value) : value))
  if (operator !== 'eq') return values.map((value) => ({ [operator]: value }))
  return [values.length === 1 ? { eq: values[0] } : { in: values }]
}

/**
 * Returns the search (`POST /v1/{resource}/search`) that finds what the explorer shows, in the same order and with the same
 * properties. `asOf` stays in the query string.
 */
export function searchRequest(
  resource: ResourceDescription,
  { filters, sort, columns }: ExploreState,
): SearchRequest {
  const { asOf, ...compared } = filters
  const where: Record<string, Record<string, unknown>> = {}
  const and: Record<string, unknown>[] = []
  for (const [parameter, text] of Object.entries(compared)) {
    const [filter] = splitParameter(parameter)
    for (const comparison of comparisons(resource, parameter, text)) {
      const known = where[filter] ?? {}
      // One filter takes each operator once; a second value of it becomes a condition of its own.
      if (Object.keys(comparison).some((operator) => operator in known)) and.push({ [filter]: comparison })
      else where[filter] = { ...known, ...comparison }
    }
  }
  const terms = sort === null ? [] : sort.split(',')
  const body = {
    ...(Object.keys(compared).length > 0 && { where: { ...where, ...(and.length > 0 && { and }) } }),
    ...(terms.length > 0 && {
      sort: terms.map((term) =>
        term.startsWith('-') ? { by: term.slice(1), direction: 'desc' } : { by: term, direction: 'asc' },
      ),
    }),
    fields: [...new Set([resource.key, resource.title, ...columns])],
  }
  return { path: apiPath(`/v1/${resource.name}/search`, { asOf }), body }
}
