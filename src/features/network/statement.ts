import { type SQL, sql } from 'drizzle-orm'
import type { Statement } from '../../database/statement.ts'
import type { Language } from '../../model/languages.ts'
import type { Registry } from '../../model/registry.ts'
import { toSearchable } from '../../model/resource.ts'
import { conditionShape, listValues } from '../../query/condition.ts'
import { conditionSql } from '../../query/condition-sql.ts'
import { statement } from '../../query/statement.ts'
import type { NetworkResource, Selected } from './plan.ts'

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
  /** Language of the names. */
  language: Language
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

/** The first and the last date of a record, by the days that they can mean, each as its EDTF text. */
function boundsSql({ days, texts }: NetworkResource): SQL {
  const bound = (which: 'earliest' | 'latest') => {
    const [first, second = first] = days[which]
    const [firstText, secondText = firstText] = texts
    const choose = sql.raw(which === 'earliest' ? 'least' : 'greatest')
    if (first === second) return { day: sql`${first}`, text: sql`${firstText}` }
    const day = sql`${choose}(${first}, ${second})`
    return { day, text: sql`case when ${first} = ${day} then ${firstText} else ${secondText} end` }
  }
  const [earliest, latest] = [bound('earliest'), bound('latest')]
  return sql`${earliest.day} as earliest, ${earliest.text} as first, ${latest.day} as latest, ${latest.text} as last`
}

/** The records, with their first and last date. */
function recordsSql(selected: Selected[]): SQL {
  let parameter = 0
  return union(
    selected.map(({ from, where }, place) => {
      const { resource } = from
      const condition = conditionSql(toSearchable(resource), where, parameter)
      parameter += listValues(where).length
      return sql`select ${number(place)} as place, ${resource.id} as record, ${boundsSql(from)} from ${resource.table} where (${condition})`
    }),
  )
}

/** Every possible node with a number, since numbers are grouped faster than texts. They have the order of the ids. */
const actorsSql = (level: Level): SQL =>
  level === 'country'
    ? sql`select code as actor, (row_number() over (order by code collate "C"))::int as number from countries`
    : sql`select id::text as actor, (row_number() over (order by id::text collate "C"))::int as number from organizations`

/** Whether a condition selects the records. All records of a resource need no join with them. */
const isFiltered = (selected: Selected[]) => selected.some(({ conditions }) => conditions.length > 0)

/** The rows of participants of the selected records. */
function takingSql({ shared: { participations } }: Registry, selected: Selected[]): SQL {
  if (isFiltered(selected))
    return sql`${participations} join records on records.record = ${participations.record}`
  const names = selected.map(({ from: { resource } }) => literal(resource.name))
  return sql`(select * from ${participations} where resource in (${sql.join(names, sql`, `)})) as ${participations}`
}

/** The participants of the selected records by the ids of nodes, perhaps several times. */
function participantsSql(registry: Registry, selected: Selected[], level: Level): SQL {
  const { participations } = registry.shared
  const taking = takingSql(registry, selected)
  if (level === 'organization') {
    return sql`select ${participations.record} as record, ${participations.organization}::text as actor from ${taking}
      where ${participations.organization} is not null`
  }
  const hosts = selected.flatMap(({ from: { hosts } }, place) => {
    return hosts.map(({ record, country }) => {
      const isSelected = isFiltered(selected)
        ? sql` join records on records.record = ${record} and place = ${number(place)}`
        : sql``
      return sql`select ${record}, ${country} from ${country.table}${isSelected} where ${country} is not null`
    })
  })
  return union([
    sql`select ${participations.record} as record, coalesce(${participations.country}, organizations.country) as actor
      from ${taking} left join organizations on organizations.id = ${participations.organization}`,
    ...hosts,
  ])
}

const countedBy = (selected: Selected[]) =>
  sql.join(
    selected.map(
      ({ from: { resource } }, place) =>
        sql`${literal(resource.name)}, coalesce(sum(count) filter (where place = ${number(place)}), 0)`,
    ),
    sql`, `,
  )

/** What each pair has from the set of participants that it is in. */
const pairColumns = sql`set, place, count, earliest, latest`

/** Of sets with more participants than this, only the pairs of nodes that are shown are looked for. */
const manyParticipants = 20

/** The parts of a network's statement that differ between the whole network and that of a country. */
interface Parts {
  /** Query of the pairs in each row of `sets`: rows of `source`, `target` and `pairColumns`. */
  pairs: (sets: SQL) => SQL
  /** Condition of the edges, by the numbers `source` and `target`. */
  within: SQL
}

/**
 * Common table expressions of a network: `edges` has all edges by the numbers of their nodes, `shown` those with the most
 * records, `dated` their first and last dates, `about` their topics.
 *
 * The participants of a record are one array, and pairs are made of each array once, for all records that have it. A join
 * of all participants with themselves would be planned from estimates that records with many participants make wrong.
 */
const networkSql = (
  registry: Registry,
  { selected, level, language }: NetworkPlan,
  { pairs, within }: Parts,
): SQL => sql`with records as materialized (
    ${recordsSql(selected)}
  ), actors as materialized (${actorsSql(level)}
  ), members as materialized (
    select place, record, earliest, latest, numbers from records join (
      select record, array_agg(distinct number) as numbers
      from (${participantsSql(registry, selected, level)}) as taking join actors using (actor)
      group by record having min(number) < max(number)
    ) as taking using (record)
  ), sets as materialized (
    select (row_number() over ())::int as set, place, numbers, count(*)::int as count, min(earliest) as earliest, max(latest) as latest
    from members group by place, numbers
  ), counts as materialized (
    select source, target, place, sum(count)::int as count, min(earliest) as earliest, max(latest) as latest
    from (${pairs(sql`sets`)}) as pairs group by source, target, place
  ), edges as materialized (
    select source, target, sum(count)::int as count, json_build_object(${countedBy(selected)}) as resources,
      min(earliest) as earliest, max(latest) as latest
    from counts where ${within} group by source, target having sum(count) >= ${placeholder('minimum')}::int
  ), shown as materialized (
    select edges.*, one.actor as source_id, other.actor as target_id
    from (select * from edges order by count desc, source, target limit ${placeholder('limit')}::int) as edges
      join actors as one on one.number = source join actors as other on other.number = target
  ), shown_sets as materialized (
    select ${pairColumns}, case when cardinality(numbers) > ${number(manyParticipants)}
      then array(select number from unnest(numbers) as number where number in (select source from shown union all select target from shown) order by number)
      else numbers end as numbers from sets
  ), connected as materialized (
    select source, target, record, members.earliest = bounds.earliest as is_first, members.latest = bounds.latest as is_last
    from (select set, source, target, shown.earliest, shown.latest
      from (${pairs(sql`shown_sets`)} offset 0) as pairs join shown using (source, target)) as bounds
      join sets using (set) join members using (place, numbers)
  ), dated as materialized (
    select source, target, min(first collate "C") filter (where is_first) as first, max(last collate "C") filter (where is_last) as last
    from (select * from connected where is_first or is_last) as bounds join records using (record) group by source, target
  ), about as materialized (
    select source, target, json_agg(json_build_object('topic', topic, 'name', ${registry.nameIn('topics', sql`topics`, language)}, 'count', count) order by rank) as topics
    from (
      select source, target, topic, count(*)::int as count,
        row_number() over (partition by source, target order by count(*) desc, topic collate "C") as rank
      from connected join ${registry.shared.topicLinks} using (record) group by source, target, topic
    ) as counted join topics on topics.slug = topic where rank <= ${number(mostTopics)} group by source, target
  )`

/** Numbers of the nodes in the regions of the request. */
const inRegions = (level: Level): SQL => {
  const codes = sql`(select countries_within(${placeholder('regions')}::text[]))`
  return level === 'country'
    ? sql`(select number from actors where actor in ${codes})`
    : sql`(select number from actors join organizations on id::text = actor where country in ${codes})`
}

const edgeColumns = sql`shown.count, shown.resources, coalesce(about.topics, '[]') as topics, dated.first, dated.last`

const details = sql`left join dated using (source, target) left join about using (source, target)`

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
  const { selected, level, regions, language } = plan
  const name = (resource: string) => registry.nameIn(resource, sql.raw(resource), language)
  const build = () => {
    const within =
      regions.length > 0 ? sql`source in ${inRegions(level)} or target in ${inRegions(level)}` : sql`true`
    // `numbers` is in order, so the source of a pair is before its target.
    const pairs = (sets: SQL) =>
      sql`select source, target, ${pairColumns} from ${sets}, unnest(numbers) with ordinality as one(source, at),
        unnest(numbers[at + 1:]) as other(target)`
    const nodes =
      level === 'country'
        ? sql`select code as id, ${name('countries')} as name, null as country, numeric, ${labelPoint('countries')}, '/v1/countries/' || code || ${linkQuery} as link from countries where code in (select source_id from shown union select target_id from shown)`
        : sql`select id::text, ${name('organizations')} as name, country, null as numeric, null as "labelPoint", '/v1/organizations/' || id || ${linkQuery} as link from organizations where id in (select source_id::uuid from shown union select target_id::uuid from shown)`
    return sql`${networkSql(registry, plan, { pairs, within })}
      select json_build_object(
        'level', ${literal(level)},
        'nodes', (select coalesce(json_agg(row_to_json(node) order by node.id collate "C"), '[]') from (${nodes}) as node),
        'edges', (select coalesce(json_agg(row_to_json(edge) order by edge.count desc, edge.source collate "C", edge.target collate "C"), '[]')
          from (select source_id as source, target_id as target, ${edgeColumns} from shown ${details}) as edge),
        'total', json_build_object('edges', (select count(*) from edges))
      )::text as document`
  }
  const shape = `network|${language}|${level}|${regions.length > 0}|${shapes(selected)}`
  return statement(shape, build, valuesOfPlan(plan))
}

/** The label point of a country, or null. @param row alias of its row. */
const labelPoint = (row: string) => {
  const column = (name: string) => sql`${sql.identifier(row)}.${sql.identifier(`label_point_${name}`)}`
  return sql`case when ${column('longitude')} is not null then json_build_object('longitude', ${column('longitude')}, 'latitude', ${column('latitude')}) end as "labelPoint"`
}

/**
 * Returns the statement of a country's partners: one row with its JSON as `document`, or no row if there is no such country.
 * @param plan a plan whose records all have the country as a participant.
 */
export function partnersStatement(registry: Registry, plan: NetworkPlan, code: string): Statement {
  const { selected, regions, language } = plan
  const name = (row: string) => registry.nameIn('countries', sql.raw(row), language)
  const build = () => {
    const within = regions.length > 0 ? sql`target in ${inRegions('country')}` : sql`true`
    const own = sql`(select number from actors where actor = ${placeholder('code')}::text)`
    const pairs = (sets: SQL) =>
      sql`select ${own} as source, target, ${pairColumns} from ${sets}, unnest(numbers) as other(target) where target <> ${own}`
    const searches = union(
      selected.map(({ from: { resource } }, place) => {
        const conditions = sql`${placeholder(`conditions.${place}`)}::text::jsonb`
        const both = sql`${conditions} || jsonb_build_array(jsonb_build_object('country', jsonb_build_object('eq', shown.target_id)))`
        return sql`select ${literal(resource.name)} as resource, (shown.resources ->> ${literal(resource.name)})::int as count,
          ${literal(`/v1/${resource.name}/search`)} || ${linkQuery} as path, jsonb_build_object('where', jsonb_build_object('and', ${both})) as body`
      }),
    )
    return sql`${networkSql(registry, plan, { pairs, within })}
      select json_build_object(
        'country', json_build_object('code', countries.code, 'name', ${name('countries')}),
        'partners', (select coalesce(json_agg(row_to_json(partner) order by partner.count desc, partner.country collate "C"), '[]')
          from (
            select shown.target_id as country, ${name('other')} as name, other.numeric, ${labelPoint('other')}, ${edgeColumns}, '/v1/countries/' || shown.target_id || ${linkQuery} as link,
              (select json_agg(row_to_json(behind)) from (${searches}) as behind where behind.count > 0) as searches
            from shown join countries as other on other.code = shown.target_id ${details}
          ) as partner),
        'total', json_build_object('partners', (select count(*) from edges), 'records', (select count(*) from records))
      )::text as document from countries where countries.code = ${placeholder('code')}`
  }
  const shape = `partners|${language}|${regions.length > 0}|${shapes(selected)}`
  const conditions = selected.map(({ conditions }, place) => [
    `conditions.${place}`,
    JSON.stringify(conditions),
  ])
  return statement(shape, build, { ...valuesOfPlan(plan), code, ...Object.fromEntries(conditions) })
}
