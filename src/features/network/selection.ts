import type { PgColumn } from 'drizzle-orm/pg-core'
import { columnOf } from '../../database/columns.ts'
import { isEntirelyBefore } from '../../model/edtf.ts'
import type { HostCountry } from '../../model/field.ts'
import { type CheckedQuery, getStringValues, invalidParameters } from '../../model/query-string.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Condition } from '../../query/condition.ts'
import { joinConditions } from '../../query/search.ts'

type OneOrTwo<T> = readonly [T] | readonly [T, T]

/** The properties with the dates of a record: one date, or start and end. */
type DateProperties = OneOrTwo<string>

/** A resource with participants and event dates. */
export interface NetworkResource {
  resource: Resource
  /** Countries that count as participants: a host, a location. */
  hosts: HostCountry[]
  dateProperties: DateProperties
  /** The columns of the dates as EDTF texts. */
  edtfColumns: OneOrTwo<PgColumn>
  /** The columns of the earliest and latest days that the dates can mean. */
  dayColumns: Record<'earliest' | 'latest', OneOrTwo<PgColumn>>
}

/** The resources in networks: those with participants and `eventDates`. */
export const networkResources = (registry: Registry): NetworkResource[] =>
  registry.resources.flatMap((resource) => {
    const { name, table, eventDates } = resource
    if (!eventDates || !registry.participants.has(name)) return []
    const columns = (suffix: string): OneOrTwo<PgColumn> => {
      const [start, end] = eventDates
      const first = columnOf(table, `${start}${suffix}`)
      return end === undefined ? [first] : [first, columnOf(table, `${end}${suffix}`)]
    }
    return [
      {
        resource,
        hosts: registry.hostCountries(name),
        dateProperties: eventDates,
        edtfColumns: columns(''),
        dayColumns: { earliest: columns('Earliest'), latest: columns('Latest') },
      },
    ]
  })

/** Which records of one resource a network counts. */
export interface ResourceSelection {
  networkResource: NetworkResource
  /** Conditions of `POST …/search`, joined by `and`. */
  conditions: object[]
  /** The compiled conditions. */
  where: Condition
}

/**
 * Returns search conditions for records that may have happened in a period. A record without an end continues, and a record
 * without a start has no lower bound. Records without any date are left out unless `undated` is `include`.
 */
function timeConditions(dates: DateProperties, from?: string, to?: string, undated?: string): object[] {
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
    const undatedConditions = names.map((name) => ({ [name]: { isNull: true } }))
    return [{ or: [{ and: conditions }, { and: undatedConditions }] }]
  }
  return start === end
    ? conditions
    : [...conditions, { or: names.map((name) => ({ [name]: { isNull: false } })) }]
}

/**
 * Returns which records of each resource the query selects. A query with `externalIdScheme` leaves out resources without external
 * ids, and a query with `topic` leaves out resources without topics.
 * @param country code of a country that takes part in all of these records, if given.
 * @throws Problem `invalid-parameter` for `undated` without `from` or `to`, and for `to` before `from`.
 */
export function getResourceSelections(
  registry: Registry,
  query: CheckedQuery,
  country?: string,
): ResourceSelection[] {
  const [from] = getStringValues(query, 'from')
  const [to] = getStringValues(query, 'to')
  const [undated] = getStringValues(query, 'undated')
  if (undated !== undefined && from === undefined && to === undefined) {
    const message = 'needs "from" or "to"'
    throw invalidParameters([{ parameter: 'undated', code: 'needs_other', message }])
  }
  if (from !== undefined && to !== undefined && isEntirelyBefore(to, from)) {
    const message = `must not be before "from", which is ${from}`
    throw invalidParameters([{ parameter: 'to', code: 'invalid', message }])
  }
  const wanted = getStringValues(query, 'resource')
  const topics = getStringValues(query, 'topic')
  const sources = getStringValues(query, 'source')
  const schemes = getStringValues(query, 'externalIdScheme')
  return networkResources(registry)
    .filter(({ resource: { name } }) => wanted.length === 0 || wanted.includes(name))
    .filter(({ resource: { name } }) => schemes.length === 0 || registry.withExternalIds.includes(name))
    .filter(({ resource: { name } }) => topics.length === 0 || registry.withTopics.includes(name))
    .map((networkResource) => {
      const { resource, dateProperties } = networkResource
      const conditions = [
        ...(country === undefined ? [] : [{ country: { eq: country } }]),
        ...(topics.length > 0 ? [{ topic: { in: topics } }] : []),
        ...(sources.length > 0 ? [{ source: { in: sources } }] : []),
        ...(schemes.length > 0 ? [{ externalIdScheme: { in: schemes } }] : []),
        ...timeConditions(dateProperties, from, to, undated),
      ]
      return { networkResource, conditions, where: joinConditions(resource, conditions) }
    })
}
