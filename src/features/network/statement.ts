import { type SQL, sql } from 'drizzle-orm'
import { literal, unionAll } from '../../database/columns.ts'
import type { Statement } from '../../database/statement.ts'
import type { Language } from '../../model/languages.ts'
import type { Registry } from '../../model/registry.ts'
import { conditionShape } from '../../query/condition.ts'
import { placeholder, statement } from '../../query/statement.ts'
import {
  boundsSql,
  countSql,
  type NetworkSelection,
  selectedRecordsSql,
  selectionValues,
} from './selected-records-sql.ts'
import type { NetworkResource, ResourceSelection } from './selection.ts'

/** The plan of a network. */
export interface NetworkPlan extends NetworkSelection {
  /** Code of the country whose partners are requested, which takes part in all records; undefined for the whole network. */
  country: string | undefined
  /** Regions or groups: at least one end of each edge, or each partner of the country, lies in one of them. Empty for all. */
  regions: string[]
  /** Minimum number of records of an edge. */
  minimum: number
  /** Maximum number of edges in the response. */
  limit: number
  /** Language of the names. */
  language: Language
}

/** The edges of a network. */
export interface Edges {
  /** Number of all edges. */
  total: number
  /** JSON of the edges with the most records: `source`, `target`, `count`, `resources`, `earliest` and `latest` (days). */
  shown: string
}

/** Maximum number of topics of an edge. */
export const maxTopics = 10

/** The query string of links. */
const linkQuery = sql`${placeholder('linkQuery')}::text`

/** The code of the country whose partners are requested. */
const code = sql`${placeholder('code')}::text`

/**
 * Returns a query for the pairs of participants of each record: `source`, `target` and `columns`.
 * @param columns further columns of `records` to return.
 * @param records a query with the column `participants`, such as the result of `selectedRecordsSql`.
 */
function pairsSql({ country }: NetworkPlan, columns: SQL, records: SQL): SQL {
  if (country !== undefined)
    return sql`select * from (select ${columns}, ${code} as source, unnest(participants) as target from (${records}) as selected_record) as pair where target <> ${code}`
  // The participants of a record are sorted, so the source of a pair is before its target.
  return sql`select ${columns}, source, unnest(participants[at + 1:]) as target
    from (select ${columns}, participants, unnest(participants) as source, generate_subscripts(participants, 1) as at from (${records}) as selected_record) as one`
}

const countsByResource = (selected: ResourceSelection[]) =>
  sql.join(
    selected.map(
      ({ networkResource: { resource } }, index) =>
        sql`${literal(resource.name)}, count(*) filter (where resource_index = ${literal(index)})`,
    ),
    sql`, `,
  )

/** Returns the condition of an edge: one of its ends, or the partner of the country, is in the requested regions. */
function regionCondition({ regions, level, country }: NetworkPlan): SQL {
  if (regions.length === 0) return sql`true`
  const codes = sql`(select countries_within(${placeholder('regions')}::text[]))`
  const nodes =
    level === 'country' ? codes : sql`(select id::text from organizations where country in ${codes})`
  return country === undefined ? sql`source in ${nodes} or target in ${nodes}` : sql`target in ${nodes}`
}

const planShape = (name: string, { selected, level, country, regions, asOf, language }: NetworkPlan) =>
  [
    name,
    level,
    country !== undefined,
    regions.length > 0,
    asOf !== undefined,
    language,
    ...selected.map(
      ({ networkResource: { resource }, where }) => `${resource.name}:${conditionShape(where)}`,
    ),
  ].join('|')

/** Returns the statement of the edges of a network: one row of `Edges`. */
export function edgesStatement(registry: Registry, plan: NetworkPlan): Statement {
  const { selected, regions, minimum, limit, country } = plan
  const records = selectedRecordsSql(registry, plan)
  // The condition on regions has a subquery, so PostgreSQL does not move this condition from `having` to `where`. It checks the
  // condition once for each edge, not for each pair.
  const build = () => sql`with edges as materialized (
      select source, target, count(*)::int as count, json_build_object(${countsByResource(selected)}) as resources,
        min(earliest) as earliest, max(latest) as latest
      from (${pairsSql(plan, sql`resource_index, earliest, latest`, records)}) as pairs
      group by source, target having count(*) >= ${placeholder('minimum')}::int and (${regionCondition(plan)})
    )
    select (select count(*)::int from edges) as total, (select coalesce(json_agg(row_to_json(shown)), '[]')::text from (
      select * from edges order by count desc, source collate "C", target collate "C" limit ${placeholder('limit')}::int
    ) as shown) as shown`
  const values = { ...selectionValues(plan), regions, minimum, limit, code: country }
  return statement(planShape('edges', plan), build, values)
}

/** Returns a query for the first and the last date of the record `connected.record`, as EDTF text. */
function edtfSql(networkResource: NetworkResource): SQL {
  const { dayColumns, edtfColumns, resource } = networkResource
  const bounds = boundsSql(networkResource)
  const text = (which: 'earliest' | 'latest') => {
    const [first, second] = edtfColumns
    return second === undefined
      ? sql`${first}`
      : sql`case when ${dayColumns[which][0]} = ${bounds[which]} then ${first} else ${second} end`
  }
  const { id, table } = resource
  return sql`select ${text('earliest')} as first, ${text('latest')} as last from ${table} where ${id} = connected.record`
}

/** Returns the common table expression `edge_dates`: the first and last dates of the shown edges. */
function edgeDatesSql(plan: NetworkPlan, records: SQL): SQL {
  const { columns, names } = edgeEnds(plan)
  const shown = sql`json_to_recordset(${placeholder('shown')}::text::json) as shown(${columns}, earliest date, latest date)`
  const isBound = sql`earliest in (select earliest from ${shown}) or latest in (select latest from ${shown})`
  const bounds = sql`select * from (${records}) as selected_record where ${isBound}`
  return sql`edge_dates as materialized (
      select source, target, min(first collate "C") filter (where is_first) as first, max(last collate "C") filter (where is_last) as last
      from (
        select source, target, record, pairs.earliest = shown.earliest as is_first, pairs.latest = shown.latest as is_last
        from (${pairsSql(plan, sql`record, earliest, latest`, bounds)}) as pairs join ${shown} using (${names})
        where pairs.earliest = shown.earliest or pairs.latest = shown.latest
      ) as connected cross join lateral (${unionAll(plan.selected.map(({ networkResource }) => edtfSql(networkResource)))} offset 0) as texts
      group by source, target
    )`
}

/** Returns the common table expression `edge_topics`: the most frequent topics of the shown edges. */
function edgeTopicsSql(registry: Registry, plan: NetworkPlan, records: SQL): SQL {
  const { columns, names } = edgeEnds(plan)
  // Grouping by the number of an edge is faster than by its ends. PostgreSQL also expects few groups then, and so counts in parallel.
  const shown = sql`rows from (json_to_recordset(${placeholder('shown')}::text::json) as (${columns})) with ordinality as shown(${names}, edge)`
  const topics = sql`select participants, topic from (${records}) as selected_record join ${registry.shared.topicLinks} using (record)`
  const name = registry.nameIn('topics', sql`topics`, plan.language)
  return sql`edge_topics as materialized (
      select ${names}, json_agg(json_build_object('topic', topic, 'name', ${name}, 'count', count) order by rank) as topics
      from (
        select edge, topic, count, row_number() over (partition by edge order by count desc, topic collate "C") as rank
        from (
          select edge, topic, count(*)::int as count
          from (${pairsSql(plan, sql`topic`, topics)}) as pairs join ${shown} using (${names})
          group by edge, topic
        ) as counted
      ) as ranked join ${shown} using (edge) join topics on topics.slug = topic where rank <= ${literal(maxTopics)} group by ${names}
    )`
}

/**
 * Returns the columns by which pairs and topics are joined to the shown edges. All edges of a country have the same source,
 * which would mislead PostgreSQL's estimates, so this join uses the target alone.
 */
const edgeEnds = ({ country }: NetworkPlan) =>
  country === undefined
    ? { columns: sql`source text, target text`, names: sql`source, target` }
    : { columns: sql`target text`, names: sql`target` }

/** Returns the common table expressions of the edges in the placeholder `shown`: `edge_dates`, `edge_topics`, `shown`. */
function detailsSql(registry: Registry, plan: NetworkPlan): SQL {
  const records = selectedRecordsSql(registry, plan)
  return sql`${edgeDatesSql(plan, records)}, ${edgeTopicsSql(registry, plan, records)}, shown as materialized (
      select * from json_to_recordset(${placeholder('shown')}::text::json) as shown(source text, target text, count int, resources json)
    )`
}

const edgeColumns = sql`shown.count, shown.resources, coalesce(edge_topics.topics, '[]') as topics, edge_dates.first, edge_dates.last`

/** Returns the joins of `shown` with the details of the edges. */
const detailJoins = (plan: NetworkPlan) =>
  sql`left join edge_dates using (source, target) left join edge_topics using (${edgeEnds(plan).names})`

function detailValues(plan: NetworkPlan, shown: string): Record<string, unknown> {
  const { asOf, country } = plan
  const linkQuery = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`
  return { ...selectionValues(plan), linkQuery, shown, code: country }
}

/** Returns a query for the nodes of the shown edges. */
function nodesSql(registry: Registry, { level, language }: NetworkPlan): SQL {
  const name = (resource: string) => registry.nameIn(resource, sql.raw(resource), language)
  const ids = sql`select source from shown union select target from shown`
  return level === 'country'
    ? sql`select code as id, ${name('countries')} as name, null as country, numeric, ${labelPoint('countries')}, '/v1/countries/' || code || ${linkQuery} as link from countries where code in (${ids})`
    : sql`select id::text, ${name('organizations')} as name, country, null as numeric, null as "labelPoint", '/v1/organizations/' || id || ${linkQuery} as link from organizations where id::text in (${ids})`
}

/** Returns the statement of the whole network: one row with its JSON as `document`. */
export function networkStatement(registry: Registry, plan: NetworkPlan, { total, shown }: Edges): Statement {
  const build = () => sql`with ${detailsSql(registry, plan)}
      select json_build_object(
        'level', ${literal(plan.level)},
        'nodes', (select coalesce(json_agg(row_to_json(node) order by node.id collate "C"), '[]') from (${nodesSql(registry, plan)}) as node),
        'edges', (select coalesce(json_agg(row_to_json(edge) order by edge.count desc, edge.source collate "C", edge.target collate "C"), '[]')
          from (select source, target, ${edgeColumns} from shown ${detailJoins(plan)}) as edge),
        'total', json_build_object('edges', ${placeholder('total')}::int)
      )::text as document`
  return statement(planShape('network', plan), build, { ...detailValues(plan, shown), total })
}

/** Returns the SQL of the label point of a country; null without one. @param row alias of its row. */
const labelPoint = (row: string) => {
  const column = (name: string) => sql`${sql.identifier(row)}.${sql.identifier(`label_point_${name}`)}`
  return sql`case when ${column('longitude')} is not null then json_build_object('longitude', ${column('longitude')}, 'latitude', ${column('latitude')}) end as "labelPoint"`
}

/** Returns a query for the searches that find the records of each partner. */
const searchesSql = (selected: ResourceSelection[]): SQL =>
  unionAll(
    selected.map(({ networkResource: { resource } }, index) => {
      const conditions = sql`${placeholder(`conditions.${index}`)}::text::jsonb`
      const withPartner = sql`${conditions} || jsonb_build_array(jsonb_build_object('country', jsonb_build_object('eq', shown.target)))`
      return sql`select ${literal(resource.name)} as resource, (shown.resources ->> ${literal(resource.name)})::int as count,
          ${literal(`/v1/${resource.name}/search`)} || ${linkQuery} as path, jsonb_build_object('where', jsonb_build_object('and', ${withPartner})) as body`
    }),
  )

/** Returns the statement of a country's partners: one row with its JSON as `document`; no row without such a country. */
export function partnersStatement(registry: Registry, plan: NetworkPlan, { total, shown }: Edges): Statement {
  const { selected, language } = plan
  const name = (row: string) => registry.nameIn('countries', sql.raw(row), language)
  const build = () => sql`with ${detailsSql(registry, plan)}
      select json_build_object(
        'country', json_build_object('code', countries.code, 'name', ${name('countries')}),
        'partners', (select coalesce(json_agg(row_to_json(partner) order by partner.count desc, partner.country collate "C"), '[]')
          from (
            select shown.target as country, ${name('other')} as name, other.numeric, ${labelPoint('other')}, ${edgeColumns}, '/v1/countries/' || shown.target || ${linkQuery} as link,
              (select json_agg(row_to_json(partner_search)) from (${searchesSql(selected)}) as partner_search where partner_search.count > 0) as searches
            from shown join countries as other on other.code = shown.target ${detailJoins(plan)}
          ) as partner),
        'total', json_build_object('partners', ${placeholder('total')}::int, 'records', ${countSql(plan)})
      )::text as document from countries where countries.code = ${code}`
  const conditions = selected.map(({ conditions }, index) => [
    `conditions.${index}`,
    JSON.stringify(conditions),
  ])
  const values = { ...detailValues(plan, shown), total, ...Object.fromEntries(conditions) }
  return statement(planShape('partners', plan), build, values)
}
