import { z } from 'zod'
import { Problem } from '../problems/problem.ts'
import type { Resource } from '../resources/resource.ts'
import type { Operator } from './filters.ts'
import { type CheckedQuery, type Parameter, single, valuesOf, words, wordsOf } from './parameters.ts'
import {
  type Representation,
  refuseRepeated,
  representationOf,
  representationParameters,
} from './representation.ts'

/** One condition of a list: a filter, an operator, and the values that it is compared with. */
export interface Condition {
  filter: string
  operator: Operator
  values: unknown[]
}

/** One key of the order of a list. */
export interface SortTerm {
  key: string
  direction: 'asc' | 'desc'
}

/** What a list asks for, checked against its resource: nothing in it is text from a URL any more. */
export interface ListPlan {
  resource: Resource
  conditions: Condition[]
  /** Ends with the resource's key, so that no two records are equal. */
  sort: SortTerm[]
  representation: Representation
  limit: number
  cursor?: string
  count?: 'exact' | 'estimated'
}

/** Page sizes: what is answered when nothing is said, and the most that can be asked for. */
export const pageSize = { usual: 25, most: 200 } as const

const limit = z
  .string()
  .regex(/^[1-9]\d{0,2}$/, { error: `must be a whole number from 1 to ${pageSize.most}` })
  .transform(Number)
  .refine((size) => size <= pageSize.most, { error: `must be a whole number from 1 to ${pageSize.most}` })
  .meta({ description: 'A whole number.' })

const sortWords = (resource: Resource) => Object.keys(resource.sorts).flatMap((name) => [name, `-${name}`])

/** Every parameter of a resource's lists. */
export function listParameters(resource: Resource): Record<string, Parameter> {
  return {
    ...resource.filters,
    sort: words(
      sortWords(resource),
      'Order of the list: keys separated by commas, `-` for descending. Dates sort by the earliest day that they can mean. Records without a value come last.',
    ),
    limit: single(limit, `Records in a page: 1 to ${pageSize.most}, ${pageSize.usual} when left out.`),
    cursor: single(z.string().min(1).max(2000), 'Where to go on: `page.next` of the page before.'),
    ...representationParameters(resource),
    count: single(
      z.enum(['exact', 'estimated']),
      'Also count all records that match: exactly, or by the planner’s estimate.',
    ),
  }
}

function sortOf(resource: Resource, asked: string[]): SortTerm[] {
  const terms = asked.map(
    (word): SortTerm =>
      word.startsWith('-') ? { key: word.slice(1), direction: 'desc' } : { key: word, direction: 'asc' },
  )
  refuseRepeated(
    'sort',
    terms.map(({ key }) => key),
  )
  const last = terms.at(-1)
  return terms.some(({ key }) => key === resource.key.property)
    ? terms
    : [...terms, { key: resource.key.property, direction: last?.direction ?? 'asc' }]
}

/**
 * The plan of a list from its checked query.
 * @throws Problem `invalid-parameter` for words that stand twice.
 */
export function planList(resource: Resource, query: CheckedQuery): ListPlan {
  const conditions = Object.keys(resource.filters).flatMap((filter) =>
    [...(query.get(filter) ?? [])].map(([operator, values]): Condition => ({ filter, operator, values })),
  )
  const [cursor] = wordsOf(query, 'cursor')
  const [size = pageSize.usual] = valuesOf(query, 'limit')
  const [count] = valuesOf(query, 'count')
  if (typeof size !== 'number') throw new Problem('internal', 'A page size was not read as a number.')
  return {
    resource,
    conditions,
    sort: sortOf(resource, wordsOf(query, 'sort')),
    representation: representationOf(resource, query),
    limit: size,
    ...(cursor !== undefined && { cursor }),
    ...((count === 'exact' || count === 'estimated') && { count }),
  }
}
