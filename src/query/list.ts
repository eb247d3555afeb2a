import { z } from 'zod'
import type { Operator } from '../model/filters.ts'
import {
  type CheckedQuery,
  limitOf,
  type Parameter,
  single,
  valuesOf,
  words,
  wordsOf,
} from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import type { Comparing, Condition } from './condition.ts'
import { listMoment, listMomentOf } from './past.ts'
import {
  type Representation,
  refuseRepeated,
  representationOf,
  representationParameters,
} from './representation.ts'

/** One key of the order of a list. */
export interface SortTerm {
  key: string
  direction: 'asc' | 'desc'
  /** Where records without a value come. */
  nulls: 'first' | 'last'
}

/** What a list asks for, checked against its resource: nothing in it is text from a URL any more. */
export interface ListPlan {
  resource: Resource
  where: Condition
  /** Ends with the resource's key, so that no two records are equal. */
  sort: SortTerm[]
  representation: Representation
  limit: number
  cursor?: string
  count?: 'exact' | 'estimated'
  /** The moment of the registry that is asked: RFC 3339, or a date for its first moment in UTC; undefined for now. */
  asOf?: string
}

/** Page sizes: what is answered when nothing is said, and the most that can be asked for. */
export const pageSize = { usual: 25, most: 200 } as const

const sortWords = (resource: Resource) => Object.keys(resource.sorts).flatMap((name) => [name, `-${name}`])

/** Every parameter of a resource's lists. */
export function listParameters(resource: Resource): Record<string, Parameter> {
  return {
    ...resource.filters,
    sort: words(
      sortWords(resource),
      'Order of the list: keys separated by commas, `-` for descending. Dates sort by the earliest day that they can mean. Records without a value come last.',
    ),
    limit: limitOf('Records in a page', pageSize),
    cursor: single(z.string().min(1).max(12_000), 'Where to go on: `page.next` of the page before.'),
    ...representationParameters(resource),
    count: single(
      z.enum(['exact', 'estimated']),
      'Also count all records that match: exactly, or by the planner’s estimate.',
    ),
    ...listMoment(resource),
  }
}

/**
 * The order that is asked for, with the key behind it.
 * @throws Problem `invalid-parameter` when a key stands twice.
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

const sortTerm = (word: string): SortTerm =>
  word.startsWith('-')
    ? { key: word.slice(1), direction: 'desc', nulls: 'last' }
    : { key: word, direction: 'asc', nulls: 'last' }

/** The condition that a query's filters make: all of them hold. */
export function conditionOf(resource: Resource, query: CheckedQuery): Condition {
  // In the order of the definitions, so that the order of a query's parameters makes no difference.
  const comparisons = Object.entries(resource.filters).flatMap(([filter, { comparisons: known }]) =>
    Object.entries(known).flatMap(([word, { takes }]): Comparing[] => {
      // A filter's comparisons are keyed by operators.
      const operator = word as Operator
      const values = query.get(filter)?.get(operator)
      return values ? [{ filter, operator, value: takes === 'many' ? values : values[0] }] : []
    }),
  )
  return { kind: 'fields', comparisons }
}

const plans = new WeakMap<CheckedQuery, ListPlan>()

/**
 * The plan of a list from its checked query, the same one for the same query.
 * @throws Problem `invalid-parameter` for words that stand twice.
 */
export function planList(resource: Resource, query: CheckedQuery): ListPlan {
  const known = plans.get(query)
  if (known?.resource === resource) return known
  const plan = makePlan(resource, query)
  plans.set(query, plan)
  return plan
}

function makePlan(resource: Resource, query: CheckedQuery): ListPlan {
  const [cursor] = wordsOf(query, 'cursor')
  const [size = pageSize.usual] = valuesOf(query, 'limit')
  const [count] = valuesOf(query, 'count')
  const asOf = listMomentOf(resource, query)
  if (typeof size !== 'number') throw new Problem('internal', 'A page size was not read as a number.')
  return {
    resource,
    where: conditionOf(resource, query),
    sort: completeSort(resource, wordsOf(query, 'sort').map(sortTerm)),
    representation: representationOf(resource, query),
    limit: size,
    ...(cursor !== undefined && { cursor }),
    ...((count === 'exact' || count === 'estimated') && { count }),
    ...(asOf !== undefined && { asOf }),
  }
}
