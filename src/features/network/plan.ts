import type { PgColumn } from 'drizzle-orm/pg-core'
import { columnOf } from '../../database/columns.ts'
import { type CheckedQuery, getWords, invalidParameters } from '../../model/parameters.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Condition } from '../../query/condition.ts'
import { planSearch } from '../../query/search.ts'

/** Dates between which a record happens: one date, or start and end. */
type Dates = readonly [string] | readonly [string, string]

/** A resource that actors take part in. */
export interface NetworkResource {
  resource: Resource
  /** Columns of countries that take part beside the participants. */
  hosts: PgColumn[]
  dates: Dates
  /** The earliest and latest days of the dates. */
  days: PgColumn[]
}

/** The resources that networks are made of: those that have participants and say when they happened. */
export const networkResources = (registry: Registry): NetworkResource[] =>
  registry.resources.flatMap((resource) => {
    const { name, table, happened } = resource
    if (!happened || !registry.participants.has(name)) return []
    const days = ['Earliest', 'Latest'].flatMap((bound) =>
      happened.map((date) => columnOf(table, `${date}${bound}`)),
    )
    return [{ resource, hosts: registry.hostCountries(name), dates: happened, days }]
  })

/** The records of one resource that a network is made of. */
export interface Selected {
  from: NetworkResource
  /** Conditions of `POST …/search` that all hold for them. */
  conditions: object[]
  /** The same as the query language compiles it. */
  where: Condition
}

/** Conditions that a record may have happened in a time. What has no end goes on, what has no start has always been. */
function timeConditions(dates: Dates, from?: string, to?: string, undated?: string): object[] {
  const [start, end = start] = dates
  const orOpen = (date: string, bound: object) =>
    start === end ? { [date]: bound } : { or: [{ [date]: bound }, { [date]: { isNull: true } }] }
  const conditions = [
    ...(from === undefined ? [] : [orOpen(end, { gte: from })]),
    ...(to === undefined ? [] : [orOpen(start, { lte: to })]),
  ]
  if (conditions.length === 0) return []
  const names = [...new Set([start, end])]
  if (undated === 'include') {
    const without = names.map((name) => ({ [name]: { isNull: true } }))
    return [{ or: [{ and: conditions }, { and: without }] }]
  }
  return start === end
    ? conditions
    : [...conditions, { or: names.map((name) => ({ [name]: { isNull: false } })) }]
}

/**
 * The records that a network's query selects, resource by resource, as searches that find the same.
 * @param country that takes part in all of them, if one is given.
 * @throws Problem `invalid-parameter` for `undated` without a time.
 */
export function selectedRecords(registry: Registry, query: CheckedQuery, country?: string): Selected[] {
  const [from] = getWords(query, 'from')
  const [to] = getWords(query, 'to')
  const [undated] = getWords(query, 'undated')
  if (undated !== undefined && from === undefined && to === undefined) {
    const message = 'says nothing without "from" or "to"'
    throw invalidParameters([{ parameter: 'undated', code: 'needs_other', message }])
  }
  const wanted = getWords(query, 'resource')
  const topics = getWords(query, 'topic')
  return networkResources(registry)
    .filter(({ resource }) => wanted.length === 0 || wanted.includes(resource.name))
    .map((found) => {
      const hasTopics = registry.withTopics.includes(found.resource.name)
      const conditions = [
        ...(country === undefined ? [] : [{ country: { eq: country } }]),
        ...(topics.length > 0 && hasTopics ? [{ topic: { in: topics } }] : []),
        ...timeConditions(found.dates, from, to, undated),
      ]
      const where = conditions.length > 0 ? { where: { and: conditions } } : {}
      return { from: found, conditions, where: planSearch(found.resource, where).where }
    })
}
