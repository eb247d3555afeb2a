import { type SQL, sql } from 'drizzle-orm'
import type { Statement } from '../../database/statement.ts'
import type { Registry } from '../../model/registry.ts'
import { toSearchable } from '../../model/resource.ts'
import { conditionShape, listValues } from '../../query/condition.ts'
import { conditionSql } from '../../query/condition-sql.ts'
import { statement } from '../../query/statement.ts'
import type { Selected } from './plan.ts'

/** What the nodes are: countries (an organization counts for its country), or organizations. */
export type Level = 'country' | 'organization'

/** The plan of a network. */
export interface NetworkPlan {
  selected: Selected[]
  level: Level
  /** Regions or groups: one end of each edge lies in one of them. Empty for all. */
  regions: string[]
  /** Minimum number of records of an edge. */
  minimum: number
  /** Maximum number of edges in the response. */
  limit: number
  /** The time that the registry is read as of; undefined for now. Links have the same time. */
  asOf: string | undefined
}

/** Maximum number of topics of an edge. */
const mostTopics = 10

const placeholder = (name: string) => sql`${sql.placeholder(name)}`
const literal = (text: string) => sql.raw(`'${text}'`)
const number = (value: number) => sql.raw(String(value))
const union = (parts: SQL[]) => sql.join(parts, sql` union all `)

/** The query string of links. */
const linkQuery = sql`${placeholder('linkQuery')}::text`

/** The EDTF year of a day, where 1 BC is year 0; null for an open end. */
const yearSql = (day: SQL) =>
  sql`case when isfinite(${day}) then extract(year from ${day})::int + (${day} < '0001-01-01'::date)::int end`

/** The records, with their first and last year. */
function recordsSql(selected: Selected[]): SQL {
  let parameter = 0
  return union(
    selected.map(({ from: { resource, days }, where }, place) => {
      const condition = conditionSql(toSearchable(resource), where, parameter)
      parameter += listValues(where).length
      const bounds = sql.join(
        days.map((day) => sql`(${day})`),
        sql`, `,
      )
      const finite = (choose: 'min' | 'max') =>
        sql`(select ${sql.raw(choose)}(bound.day) from (values ${bounds}) as bound(day) where isfinite(bound.day))`
      return sql`select ${number(place)} as place, ${resource.id} as record, ${yearSql(finite('min'))} as first, ${yearSql(finite('max'))} as last from ${resource.table} where (${condition})`
    }),
  )
}

/** The distinct participants of each record. */
function actorsSql({ shared: { participations } }: Registry, selected: Selected[], level: Level): SQL {
  const actor =
    level === 'country'
      ? sql`coalesce(${participations.country}, organizations.country)`
      : sql`${participations.organization}::text`
  const hosts = selected.flatMap(({ from: { resource, hosts } }, place) =>
    hosts.map(
      (column) => sql`select records.place, records.record, ${column} from records
            join ${resource.table} on ${resource.id} = records.record where records.place = ${number(place)}`,
    ),
  )
  const parts = [
    sql`select records.place, records.record, ${actor} as actor from records
      join ${participations} on ${participations.record} = records.record
      left join organizations on organizations.id = ${participations.organization}`,
    ...(level === 'country' ? hosts : []),
  ]
  return sql`select distinct place, record, actor from (${union(parts)}) as taking where actor is not null`
}

const countedBy = (selected: Selected[]) =>
  sql.join(
    selected.map(
      ({ from: { resource } }, place) =>
        sql`${literal(resource.name)}, count(*) filter (where place = ${number(place)})`,
    ),
    sql`, `,
  )

const topicsSql = ({ shared: { topicLinks } }: Registry) =>
  sql`select connected.source, connected.target, ${topicLinks.topic} as topic from connected
    join ${topicLinks} on ${topicLinks.record} = connected.record`

/**
 * Common table expressions of a network: `edges` has all edges, `shown` those with the most records, `about` their topics.
 * @param pairs the query for rows of source, target, place and record.
 */
const networkSql = (
  registry: Registry,
  selected: Selected[],
  level: Level,
  pairs: SQL,
): SQL => sql`with records as materialized (
    ${recordsSql(selected)}
  ), actors as materialized (${actorsSql(registry, selected, level)}
  ), pairs as materialized (${pairs}
  ), edges as materialized (
    select source, target, count(*)::int as count, json_build_object(${countedBy(selected)}) as resources,
      min(first) as first, max(last) as last
    from pairs join records using (place, record) group by source, target having count(*) >= ${placeholder('minimum')}::int
  ), shown as materialized (
    select * from edges order by count desc, source collate "C", target collate "C" limit ${placeholder('limit')}::int
  ), connected as (select pairs.* from pairs join shown using (source, target)
  ), about as materialized (
    select source, target, json_agg(json_build_object('topic', topic, 'name', name, 'count', count) order by rank) as topics
    from (
      select source, target, topic, topics.name, count(*)::int as count,
        row_number() over (partition by source, target order by count(*) desc, topic collate "C") as rank
      from (${topicsSql(registry)}) as links join topics on topics.slug = links.topic
      group by source, target, topic, topics.name
    ) as counted where rank <= ${number(mostTopics)} group by source, target
  )`

const inRegions = (level: Level, actor: SQL): SQL =>
  level === 'country'
    ? sql`${actor} in (select countries_within(${placeholder('regions')}::text[]))`
    : sql`${actor} in (select id::text from organizations where country in (select countries_within(${placeholder('regions')}::text[])))`

const edgeColumns = sql`shown.count, shown.resources, coalesce(about.topics, '[]') as topics, shown.first as "firstYear", shown.last as "lastYear"`

const shapes = (selected: Selected[]) =>
  selected.map(({ from, where }) => `${from.resource.name}:${conditionShape(where)}`).join('|')

function valuesOfPlan({ selected, regions, minimum, limit, asOf }: NetworkPlan): Record<string, unknown> {
  const values = selected.flatMap(({ where }) => listValues(where))
  const named = values.map((value, at) => [`value.${at}`, value])
  const linkQuery = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`
  return { ...Object.fromEntries(named), regions, minimum, limit, linkQuery }
}

/** Returns the statement of the whole network: one row with its JSON as `document`. */
export function networkStatement(registry: Registry, plan: NetworkPlan): Statement {
  const { selected, level, regions } = plan
  const build = () => {
    const ends =
      regions.length > 0
        ? sql`and (${inRegions(level, sql`one.actor`)} or ${inRegions(level, sql`other.actor`)})`
        : sql``
    const pairs = sql`select one.actor as source, other.actor as target, place, record
      from actors as one join actors as other using (place, record)
      where one.actor < other.actor collate "C" ${ends}`
    const nodes =
      level === 'country'
        ? sql`select code as id, name, null as country, '/v1/countries/' || code || ${linkQuery} as link from countries where code in (select source from shown union select target from shown)`
        : sql`select id::text, name, country, '/v1/organizations/' || id || ${linkQuery} as link from organizations where id in (select source::uuid from shown union select target::uuid from shown)`
    return sql`${networkSql(registry, selected, level, pairs)}
      select json_build_object(
        'level', ${literal(level)},
        'nodes', (select coalesce(json_agg(row_to_json(node) order by node.id collate "C"), '[]') from (${nodes}) as node),
        'edges', (select coalesce(json_agg(row_to_json(edge) order by edge.count desc, edge.source collate "C", edge.target collate "C"), '[]')
          from (select source, target, ${edgeColumns} from shown left join about using (source, target)) as edge),
        'total', json_build_object('edges', (select count(*) from edges))
      )::text as document`
  }
  const shape = `network|${level}|${regions.length > 0}|${shapes(selected)}`
  return statement(shape, build, valuesOfPlan(plan))
}

/**
 * Returns the statement of a country's partners: one row with its JSON as `document`, or no row if there is no such country.
 * @param plan a plan whose records all have the country as a participant.
 */
export function partnersStatement(registry: Registry, plan: NetworkPlan, code: string): Statement {
  const { selected, regions } = plan
  const build = () => {
    const within = regions.length > 0 ? sql`and ${inRegions('country', sql`actor`)}` : sql``
    const pairs = sql`select ${placeholder('code')}::text as source, actor as target, place, record
      from actors where actor <> ${placeholder('code')}::text ${within}`
    const searches = union(
      selected.map(({ from: { resource } }, place) => {
        const conditions = sql`${placeholder(`conditions.${place}`)}::text::jsonb`
        const both = sql`${conditions} || jsonb_build_array(jsonb_build_object('country', jsonb_build_object('eq', shown.target)))`
        return sql`select ${literal(resource.name)} as resource, (shown.resources ->> ${literal(resource.name)})::int as count,
          ${literal(`/v1/${resource.name}/search`)} || ${linkQuery} as path, jsonb_build_object('where', jsonb_build_object('and', ${both})) as body`
      }),
    )
    return sql`${networkSql(registry, selected, 'country', pairs)}
      select json_build_object(
        'country', json_build_object('code', countries.code, 'name', countries.name),
        'partners', (select coalesce(json_agg(row_to_json(partner) order by partner.count desc, partner.country collate "C"), '[]')
          from (
            select shown.target as country, other.name, ${edgeColumns}, '/v1/countries/' || shown.target || ${linkQuery} as link,
              (select json_agg(row_to_json(behind)) from (${searches}) as behind where behind.count > 0) as searches
            from shown join countries as other on other.code = shown.target
              left join about on about.source = shown.source and about.target = shown.target
          ) as partner),
        'total', json_build_object('partners', (select count(*) from edges), 'records', (select count(*) from records))
      )::text as document from countries where countries.code = ${placeholder('code')}`
  }
  const shape = `partners|${regions.length > 0}|${shapes(selected)}`
  const conditions = selected.map(({ conditions }, place) => [
    `conditions.${place}`,
    JSON.stringify(conditions),
  ])
  return statement(shape, build, { ...valuesOfPlan(plan), code, ...Object.fromEntries(conditions) })
}
