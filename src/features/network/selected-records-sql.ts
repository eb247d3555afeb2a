import { type SQL, sql } from 'drizzle-orm'
import { columnOf, literal, unionAll } from '../../database/columns.ts'
import { countriesProperty } from '../../model/participants/multi-values.ts'
import type { Registry } from '../../model/registry.ts'
import { belongsTo, toSearchable } from '../../model/resource.ts'
import { listValues } from '../../query/condition.ts'
import { conditionSql } from '../../query/condition-sql.ts'
import type { NetworkResource, ResourceSelection } from './selection.ts'

/** The level of a network is the kind of its nodes: countries (an organization counts for its country), or organizations. */
export type Level = 'country' | 'organization'

/** The records of a network, and how to read their participants. */
export interface NetworkSelection {
  selected: ResourceSelection[]
  level: Level
  /** The time as of which the registry is read; undefined for the current registry. */
  asOf: string | undefined
}

/** Returns a query for the participants of all records of a resource: `record` and `participant`, possibly repeated. */
function participantRows(registry: Registry, { resource, hosts }: NetworkResource, level: Level): SQL {
  const { participations } = registry.shared
  const ofResource = belongsTo(participations.resource, resource.name)
  if (level === 'organization')
    return sql`select ${participations.record} as record, ${participations.organization}::text as participant from ${participations}
      where ${ofResource} and ${participations.organization} is not null`
  return unionAll([
    sql`select ${participations.record} as record, coalesce(${participations.country}, organizations.country) as participant
      from ${participations} left join organizations on organizations.id = ${participations.organization} where ${ofResource}`,
    ...hostRows(hosts),
  ])
}

/** Returns queries for the countries that count as participants because they are the host or location of a record. */
const hostRows = (hosts: NetworkResource['hosts']): SQL[] =>
  hosts.map(
    ({ record, country }) =>
      sql`select ${record} as record, ${country} as participant from ${country.table} where ${country} is not null`,
  )

/** Returns the SQL of the join with the participants of records, and of the sorted array of a record's participants. */
function participantsSql(
  registry: Registry,
  networkResource: NetworkResource,
  { level, asOf }: NetworkSelection,
) {
  const { resource, hosts } = networkResource
  const { id, table } = resource
  const nodes =
    level === 'country' ? sql`select code from countries` : sql`select id::text from organizations`
  // A record of the past may have a participant that has become internal since. Readers without a role must not see this
  // participant.
  const isNode = asOf === undefined ? sql`participant is not null` : sql`participant in (${nodes})`
  const byRecord = (rows: SQL) =>
    sql`(select record, array_agg(distinct participant collate "C" order by participant collate "C") as participants from (${rows}) as participation where ${isNode} group by record) as by_record on by_record.record = ${id}`
  if (level === 'organization' || asOf !== undefined)
    return {
      join: sql`join ${byRecord(participantRows(registry, networkResource, level))}`,
      participants: sql`by_record.participants`,
    }
  const stored = sql`${columnOf(table, countriesProperty)}`
  if (hosts.length === 0) return { join: sql``, participants: stored }
  return {
    join: sql`left join ${byRecord(unionAll(hostRows(hosts)))}`,
    participants: sql`case when by_record.participants is null or by_record.participants <@ ${stored} then ${stored} else sorted_union(${stored}, by_record.participants) end`,
  }
}

/** Returns the SQL of the first and the last day that the dates of a record can mean. */
export function boundsSql({ dayColumns }: NetworkResource): Record<'earliest' | 'latest', SQL> {
  const bound = (choose: SQL, [first, second]: NetworkResource['dayColumns']['earliest']) =>
    second === undefined ? sql`${first}` : sql`${choose}(${first}, ${second})`
  return { earliest: bound(sql`least`, dayColumns.earliest), latest: bound(sql`greatest`, dayColumns.latest) }
}

/** Returns the conditions that select the records of each resource, with the placeholders of `selectionValues`. */
function whereSql({ selected, asOf }: NetworkSelection): SQL[] {
  let parameter = 0
  return selected.map(({ networkResource: { resource }, where }) => {
    const condition = conditionSql(
      toSearchable(resource),
      where,
      asOf === undefined ? 'scan' : 'past scan',
      parameter,
    )
    parameter += listValues(where).length
    return condition
  })
}

/**
 * Returns a query for the selected records: `resource_index` (the index of their resource), `record`, `participants`
 * (distinct and sorted), and the first and last day that their dates can mean, `earliest` and `latest`.
 */
export function selectedRecordsSql(registry: Registry, selection: NetworkSelection): SQL {
  const conditions = whereSql(selection)
  return unionAll(
    selection.selected.map(({ networkResource }, index) => {
      const { resource } = networkResource
      const { earliest, latest } = boundsSql(networkResource)
      const { join, participants } = participantsSql(registry, networkResource, selection)
      return sql`select ${literal(index)} as resource_index, ${resource.id} as record, ${participants} as participants, ${earliest} as earliest, ${latest} as latest
        from ${resource.table} ${join} where (${conditions[index] ?? sql`true`})`
    }),
  )
}

/** Returns the SQL of the number of all selected records, including those without participants. */
export function countSql(selection: NetworkSelection): SQL {
  const conditions = whereSql(selection)
  const counts = selection.selected.map(
    ({ networkResource: { resource } }, index) =>
      sql`(select count(*) from ${resource.table} where (${conditions[index] ?? sql`true`}))`,
  )
  return counts.length > 0 ? sql.join(counts, sql` + `) : sql`0`
}

/** Returns the values of the placeholders of the conditions. */
export function selectionValues({ selected }: NetworkSelection): Record<string, unknown> {
  const values = selected.flatMap(({ where }) => listValues(where))
  return Object.fromEntries(values.map((value, index) => [`value.${index}`, value]))
}
