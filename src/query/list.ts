import { z } from 'zod'
import type { Operator } from '../model/filters.ts'
import { lazyFor } from '../model/lazy.ts'
import { cursorParameter, limitParameter, type Parameter, singleValueParameter } from '../model/parameters.ts'
import {
  type CheckedQuery,
  getLimit,
  getStringValues,
  getValues,
  invalidParameters,
} from '../model/query-string.ts'
import type { Resource } from '../model/resource.ts'
import { type DirectedKey, parseSortWord, sortParameter } from '../model/sorts.ts'
import { urlFilters } from '../model/url-filters.ts'
import type { Condition, FilterComparison } from './condition.ts'
import { getListAsOf, listAsOfParameter } from './past.ts'
import {
  findTooManyCounts,
  type Representation,
  readRepresentation,
  refuseRepeated,
  representationParameters,
} from './representation.ts'

/** One key of the order of a list. */
export interface SortTerm extends DirectedKey {
  /** Position of records without a value. */
  nulls: 'first' | 'last'
}

/** A validated selection of records of a resource: condition, order, representation and time. */
export interface Selection {
  resource: Resource
  where: Condition
  /** The sort terms. One of them is the resource's key, so that the order is total. */
  sort: SortTerm[]
  representation: Representation
  /** Time as of which the registry is read: RFC 3339, or a date for its start in UTC; undefined for now. */
  asOf?: string | undefined
}

/** The plan of a list: one page of a selection. */
export interface ListPlan extends Selection {
  limit: number
  cursor?: string | undefined
  count?: 'exact' | 'estimated'
}

/** Default and maximum number of records in a page. */
export const pageSize = { defaultSize: 25, maxSize: 200 } as const

/** Returns the parameters that select records of a resource. @param options as for `representationParameters`. */
export function selectionParameters(
  resource: Resource,
  options: { isFile: boolean },
): Record<string, Parameter> {
  return {
    ...urlFilters(resource),
    sort: sortParameter(Object.keys(resource.sorts), 'Sort keys, `-` for descending.'),
    ...representationParameters(resource, options),
    ...listAsOfParameter(resource),
  }
}

/** Maximum length of the cursor of a page in characters. */
export const maxCursorLength = 12_000

/** The parameter for the cursor of a page. */
export const pageCursorParameter = cursorParameter(
  z.string().min(1).max(maxCursorLength),
  'Cursor of the page: `page.next` of the page before.',
)

/** Returns every parameter of a resource's list. */
export const listParameters = lazyFor(
  (resource: Resource): Record<string, Parameter> => ({
    ...selectionParameters(resource, { isFile: false }),
    limit: limitParameter('Records per page', pageSize),
    cursor: pageCursorParameter,
    count: singleValueParameter(
      z.enum(['exact', 'estimated']),
      'Adds the number of all matching records: counted exactly, or estimated by the planner.',
    ),
  }),
)

/**
 * Appends the resource's key to the sort terms if it is not one of them, so that the order is total.
 * @throws Problem `invalid-parameter` for a repeated sort key.
 */
export function completeSort(resource: Resource, terms: SortTerm[]): SortTerm[] {
  refuseRepeated(
    'sort',
    terms.map(({ key }) => key),
  )
  const { property } = resource.key
  if (terms.some(({ key }) => key === property)) return terms
  return [...terms, { key: property, direction: terms.at(-1)?.direction ?? 'asc', nulls: 'last' }]
}

const parseSortTerm = (word: string): SortTerm => ({ ...parseSortWord(word), nulls: 'last' })

/** Returns the condition of a query: all its filters must be true. */
export function readCondition(resource: Resource, query: CheckedQuery): Condition {
  // In the order of the definitions, so that the statement does not depend on the order of the query's parameters.
  const comparisons = Object.entries(resource.filters).flatMap(([filter, { comparisons: known }]) =>
    Object.entries(known).flatMap(([word, { takes }]): FilterComparison[] => {
      // A filter's comparisons are keyed by operators.
      const operator = word as Operator
      const values = query.get(filter)?.get(operator)
      return values ? [{ filter, operator, value: takes === 'many' ? values : values[0] }] : []
    }),
  )
  return { kind: 'fields', comparisons }
}

/** Returns the selection of a checked query. @throws Problem `invalid-parameter` for repeated values. */
export function readSelection(resource: Resource, query: CheckedQuery): Selection {
  return {
    resource,
    where: readCondition(resource, query),
    sort: completeSort(resource, getStringValues(query, 'sort').map(parseSortTerm)),
    representation: readRepresentation(resource, query),
    asOf: getListAsOf(resource, query),
  }
}

const plans = new WeakMap<CheckedQuery, ListPlan>()

/**
 * Returns the plan of a list for a checked query. The plan is cached by the query object, since `createQueryParser` returns the
 * same object for repeated requests.
 * @throws Problem `invalid-parameter` for repeated values, and for a `limit` that is too high with a count in `include`.
 */
export function planList(resource: Resource, query: CheckedQuery): ListPlan {
  const known = plans.get(query)
  if (known?.resource === resource) return known
  const plan = makePlan(resource, query)
  plans.set(query, plan)
  return plan
}

function makePlan(resource: Resource, query: CheckedQuery): ListPlan {
  const [cursor] = getStringValues(query, 'cursor')
  const [count] = getValues(query, 'count')
  const limit = getLimit(query, pageSize)
  const selection = readSelection(resource, query)
  const fault = findTooManyCounts(resource, selection.representation, limit)
  if (fault) throw invalidParameters([{ parameter: 'limit', ...fault }])
  return {
    ...selection,
    limit,
    cursor,
    ...((count === 'exact' || count === 'estimated') && { count }),
  }
}
