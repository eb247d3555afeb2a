import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { organizations } from '../database/tables/organizations.ts'
import { participations } from '../database/tables/participations.ts'
import { topicLinks } from '../database/tables/topic-links.ts'
import type { Siblings } from '../query/filters.ts'
import { pairsOf, type Tie } from '../query/ties.ts'
import type { CooperationOwner } from './parts/links.ts'

/** The properties of which records have many values, as rows: what filters and dimensions share. */

/** Levels of the world's regions that records can be grouped by. */
export type Area = 'region' | 'subregion'

/** Filters also take regions and groups of any other level, by their codes. */
type Level = Area | 'any'

const ofLevel = (level: Level) => (level === 'any' ? sql`true` : sql`area.kind = ${sql.raw(`'${level}'`)}`)

const codesOf = (level: Level) => sql`(select array_agg(area.code) from regions area where ${ofLevel(level)})`

/** Countries with each region of a level that they are in: pairs of `area` and `country`. */
const countriesByArea = (level: Level) =>
  sql`(select area.code as area, country from regions area cross join lateral countries_within(array[area.code]) country where ${ofLevel(level)})`

/** Regions with the region of a level that they are or lie in: pairs of `area` and `region`. */
const regionsByArea = (level: Level) =>
  sql`(select area.code as area, region from regions area cross join lateral regions_within(array[area.code]) region where ${ofLevel(level)})`

/**
 * The regions of the one country that a record names.
 * @param own the level of which a record has a value or none.
 * @param level the level of the values that can be asked for.
 */
export const areaOfCountry = (
  key: AnyPgColumn,
  country: AnyPgColumn,
  own: Area,
  level: Level = own,
): Tie => ({
  key,
  type: 'text',
  queries: () => [
    sql`select ${key} as record, by_area.area as value from ${key.table} join ${countriesByArea(level)} by_area on by_area.country = ${country}`,
  ],
  some: () => sql`(${country} is not null and ${country} in (select countries_within(${codesOf(own)})))`,
})

/** What takes part in a record, in all ways in which filters see it. */
export interface Ties
  extends Record<'country' | 'organization' | Area | 'anyRegion' | 'role' | 'topic', Tie> {}

/**
 * The ties of agreements, projects, bases and programs.
 * @param places columns of the record that also tie it to a country, when no role is asked for.
 */
export function cooperationTies(
  owner: CooperationOwner,
  key: AnyPgColumn,
  roles: readonly [string, ...string[]],
  places: AnyPgColumn[],
): Ties {
  const record = participations[owner]
  const inRole = (asked: Siblings) => {
    const wanted = asked('role')
    return wanted ? sql` and ${participations.role} = any(${wanted}::text[])` : sql``
  }
  const taking = (value: AnyPgColumn, asked: Siblings) =>
    sql`select ${record} as record, ${value} as value, ${participations.role} as role from ${participations} where ${record} is not null and ${value} is not null${inRole(asked)}`
  const countries = (asked: Siblings) => [
    taking(participations.country, asked),
    sql`select ${record} as record, ${organizations.country} as value, ${participations.role} as role from ${participations} join ${organizations} on ${organizations.id} = ${participations.organization} where ${record} is not null and ${organizations.country} is not null${inRole(asked)}`,
    ...(asked('role')
      ? []
      : places.map(
          (place) =>
            sql`select ${key} as record, ${place} as value, null::text as role from ${place.table} where ${place} is not null`,
        )),
  ]
  const common = { key, type: 'text', roles: z.enum(roles) } as const
  const country: Tie = { ...common, queries: countries }
  const area = (own: Area, level: Level = own): Tie => ({
    ...common,
    queries: (asked) => [
      ...countries(asked).map(
        (rows) =>
          sql`select taking.record, by_area.area as value, taking.role from (${rows}) taking join ${countriesByArea(level)} by_area on by_area.country = taking.value`,
      ),
      sql`select taking.record, by_area.area as value, taking.role from (${taking(participations.region, asked)}) taking join ${regionsByArea(level)} by_area on by_area.region = taking.value`,
    ],
    // The regions are not looked up for each record.
    some: (asked) =>
      sql`(exists (select from (${pairsOf(country, asked)}) tied where tied.record = ${key} and tied.value in (select countries_within(${codesOf(own)}))) or exists (select from (${taking(participations.region, asked)}) tied where tied.record = ${key} and tied.value in (select regions_within(${codesOf(own)}))))`,
  })
  return {
    country,
    organization: {
      ...common,
      type: 'uuid',
      queries: (asked) => [taking(participations.organization, asked)],
    },
    region: area('region'),
    anyRegion: area('region', 'any'),
    subregion: area('subregion'),
    role: { key, type: 'text', queries: (asked) => [taking(participations.role, asked)] },
    topic: {
      key,
      type: 'text',
      queries: () => [
        sql`select ${topicLinks[owner]} as record, ${topicLinks.topic} as value from ${topicLinks} where ${topicLinks[owner]} is not null`,
      ],
    },
  }
}

/** The values of a column that is a list of words. */
export const listed = (key: AnyPgColumn, column: AnyPgColumn): Tie => ({
  key,
  type: 'text',
  queries: () => [sql`select distinct ${key} as record, unnest(${column}) as value from ${key.table}`],
  some: () => sql`cardinality(${column}) > 0`,
})
