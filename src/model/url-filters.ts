import type { Filter, Operator } from './filters.ts'
import { lazyFor } from './lazy.ts'
import type { Parameter } from './parameters.ts'
import { listPath } from './paths.ts'
import type { Resource } from './resource.ts'

/** Operators that a URL accepts on every filter that has them. */
const commonOperators: readonly string[] = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'isNull',
  'within',
  'contains',
] satisfies Operator[]

/**
 * The operators that the OpenAPI document describes for filters of aggregates and exports. Both operations accept all
 * operators of `urlFilters`, as lists do. If all were described for each operation, they would fill a third of the document.
 */
export const documentedOperators: Record<'aggregate' | 'export', readonly Operator[]> = {
  aggregate: ['eq', 'gte', 'lte'],
  // `POST …/export` accepts all operators.
  export: ['eq'],
}

/** Operators by which the groups of an aggregate link to their records. */
const linkOperators = ({ dimensions }: Resource, filter: string): string[] =>
  Object.values(dimensions)
    .filter(({ groupFilter }) => groupFilter.filter === filter)
    .flatMap(({ groupFilter: { finds, lacks }, values }) => {
      const hasRoles = values.kind === 'many' && values.multiValue.roles !== undefined
      return [finds, lacks, 'otherThan', ...(hasRoles ? ['noneAs'] : [])]
    })

function urlFilter(resource: Resource, name: string, filter: Filter): Parameter {
  const known = new Set([...commonOperators, ...linkOperators(resource, name)])
  const all = Object.entries(filter.comparisons)
  const searchOperators = all.map(([operator]) => operator).filter((operator) => !known.has(operator))
  return {
    ...filter,
    comparisons: Object.fromEntries(all.filter(([operator]) => known.has(operator))),
    elsewhere: {
      operators: [...searchOperators, ...(filter.comparisons.eq ? ['in'] : [])],
      endpoint: `POST ${listPath(resource)}/search`,
    },
  }
}

/**
 * Returns the filters of a resource as parameters of a URL. They accept the common operators, and the operators in the links
 * of groups; `POST …/search` accepts all operators.
 */
export const urlFilters = lazyFor(
  (resource: Resource): Record<string, Parameter> =>
    Object.fromEntries(
      Object.entries(resource.filters).map(([name, filter]) => [name, urlFilter(resource, name, filter)]),
    ),
)
