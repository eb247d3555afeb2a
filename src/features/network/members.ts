import { type SQL, sql } from 'drizzle-orm'
import { columnOf, unionAll } from '../../database/columns.ts'
import { countriesProperty } from '../../model/participants/relations.ts'
import type { Registry } from '../../model/registry.ts'
import { toSearchable } from '../../model/resource.ts'
import { listValues } from '../../query/condition.ts'
import { conditionSql } from '../../query/condition-sql.ts'
import type { NetworkResource, Selected } from './plan.ts'

/** The kind of the nodes: countries (an organization counts for its country), or organizations. */
export type Level = 'country' | 'organization'

/** The records of a network, and how to read their participants. */
export interface Membership {
  selected: Selected[]
  level: Level
  /** The time as of which the registry is read; undefined for the current registry. */
  asOf: string | undefined
}

/** Returns a query for the participants of all records of a resource: `record` and `actor`, possibly repeated. */
function participantRows(registry: Registry, { resource, hosts }: NetworkResource, level: Level): SQL {
  const { participations } = registry.shared
  const ofResource = sql`${participations.resource} = ${sql.raw(`'${resource.name}'`)}`
  if (level === 'organization')
    return sql`select ${participations.record} as record, ${participations.organization}::text as actor from ${participations}
      where ${ofResource} and ${participations.organization} is not null`
  return unionAll([
    sql`select ${participations.record} as record, coalesce(${participations.country}, organizations.country) as actor
      from ${participations} left join organizations on organizations.id = ${participations.organization} where ${ofResource}`,
    ...hostRows({ hosts }),
  ])
}

/** Returns queries for the countries that count as participants because they are the host or location of a record. */
const hostRows = ({ hosts }: Pick<NetworkResource, 'hosts'>): SQL[] =>
  hosts.map(
    ({ record, country }) =>
      sql`select ${record} as record, ${country} as actor from ${country.table} where ${country} is not null`,
  )

/** Returns the SQL of the join with the participants of records, and of the sorted array of a record's participants. */
function actorsSql(registry: Registry, from: NetworkResource, { level, asOf }: Membership) {
  const { id, table } = from.resource
  const byRecord = (rows: SQL) =>
    sql`(select record, array_agg(distinct actor collate "C" order by actor collate "C") as actors from (${rows}) as participant where actor is not null group by record) as by_record on by_record.record = ${id}`
  if (level === 'organization' || asOf !== undefined)
    return {
      join: sql`join ${byRecord(participantRows(registry, from, level))}`,
      actors: sql`by_record.actors`,
    }
  const stored = sql`${columnOf(table, countriesProperty)}`
  if (from.hosts.length === 0) return { join: sql``, actors: stored }
  return {
    join: sql`left join ${byRecord(unionAll(hostRows(from)))}`,
    actors: sql`case when by_record.actors is null or by_record.actors <@ ${stored} then ${stored} else sorted_union(${stored}, by_record.actors) end`,
  }
}

/** Returns the SQL of the first and the last day that the dates of a record can mean. */
export function boundsSql({ days }: NetworkResource): Record<'earliest' | 'latest', SQL> {
  const bound = (choose: SQL, [first, second]: NetworkResource['days']['earliest']) =>
    second === undefined ? sql`${first}` : sql`${choose}(${first}, ${second})`
  return { earliest: bound(sql`least`, days.earliest), latest: bound(sql`greatest`, days.latest) }
}

/** Returns the condition that selects the records of each resource, with the placeholders of `membershipValues`. */
function whereSql({ selected, asOf }: Membership): SQL[] {
  let parameter = 0
  return selected.map(({ from: { resource }, where }) => {
    const condition = conditionSql(
      toSearchable(resource),
      where,
      parameter,
      asOf === undefined ? 'scan' : 'past scan',
    )
    parameter += listValues(where).length
    return condition
  })
}

/**
 * Returns a query for the selected records: `resource_index` (the index of their resource), `record`, `actors` (the distinct
 * participants, sorted), and the first and last day that their dates can mean, `earliest` and `latest`.
 */
export function membersSql(registry: Registry, membership: Membership): SQL {
  const conditions = whereSql(membership)
  return unionAll(
    membership.selected.map(({ from }, index) => {
      const { resource } = from
      const { earliest, latest } = boundsSql(from)
      const { join, actors } = actorsSql(registry, from, membership)
      return sql`select ${sql.raw(String(index))} as resource_index, ${resource.id} as record, ${actors} as actors, ${earliest} as earliest, ${latest} as latest
        from ${resource.table} ${join} where (${conditions[index] ?? sql`true`})`
    }),
  )
}

/** Returns the SQL of the number of the selected records, with and without participants. */
export function countSql(membership: Membership): SQL {
  const conditions = whereSql(membership)
  const counts = membership.selected.map(
    ({ from: { resource } }, index) =>
      sql`(select count(*) from ${resource.table} where (${conditions[index] ?? sql`true`}))`,
  )
  return counts.length > 0 ? sql.join(counts, sql` + `) : sql`0`
}

/** Returns the values of the placeholders of the conditions. */
export function membershipValues({ selected }: Membership): Record<string, unknown> {
  const values = selected.flatMap(({ where }) => listValues(where))
  return Object.fromEntries(values.map((value, index) => [`value.${index}`, value]))
}
