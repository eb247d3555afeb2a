import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf } from '../../database/columns.ts'
import type { FieldPlace } from '../field.ts'
import type { Siblings } from '../filters.ts'
import { type Relation, relationRows } from '../relations.ts'
import { belongsTo } from '../resource.ts'
import type { Roles } from './schema.ts'

/** The participants of records as relations, which filters and dimensions share. */

/** The property of the column with the countries that take part in a record themselves, each once. */
export const countriesProperty = 'participatingCountries'

/** Levels of the world's regions that records can be grouped by. */
export type Area = 'region' | 'subregion'

/** Filters also take regions and groups of any other level, by their codes. */
type Level = Area | 'any'

const ofLevel = (level: Level) => (level === 'any' ? sql`true` : sql`area.kind = ${sql.raw(`'${level}'`)}`)

const areaCodes = (level: Level) =>
  sql`(select array_agg(area.code) from regions area where ${ofLevel(level)})`

/** Countries with each region of a level that they are in: pairs of `area` and `country`. */
const countriesByArea = (level: Level) =>
  sql`(select area.code as area, country from regions area cross join lateral countries_within(array[area.code]) country where ${ofLevel(level)})`

/** Regions with the region of a level that they are or lie in: pairs of `area` and `region`. */
const regionsByArea = (level: Level) =>
  sql`(select area.code as area, region from regions area cross join lateral regions_within(array[area.code]) region where ${ofLevel(level)})`

/**
 * Relation of the regions of the one country that a record names.
 * @param key the column with the record's id.
 * @param own The level that decides whether a record has any value.
 * @param level The level of the values that the queries return.
 */
export const countryAreas = (
  key: AnyPgColumn,
  country: AnyPgColumn,
  own: Area,
  level: Level = own,
): Relation => ({
  key,
  type: 'text',
  ...(level !== own && { grouped: countryAreas(key, country, own) }),
  queries: () => [
    sql`select ${key} as record, by_area.area as value from ${key.table} join ${countriesByArea(level)} by_area on by_area.country = ${country}`,
  ],
  some: () => sql`(${country} is not null and ${country} in (select countries_within(${areaCodes(own)})))`,
})

/** The participants of a record, as the relations that filters and dimensions use. */
export interface ParticipantRelations
  extends Record<'country' | 'organization' | Area | 'anyRegion' | 'role', Relation> {}

/** The participant relations of a resource. Unless a role is filtered, host countries and locations count too. */
export function participantRelations(place: FieldPlace, roles: Roles): ParticipantRelations {
  const { recordId: key, resource, registry, columns } = place
  const { participations } = registry.shared
  const organizations = registry.table('organizations')
  const { record } = participations
  const own = belongsTo(participations.resource, resource)
  const inRole = (siblings: Siblings) => {
    const wanted = siblings('role')
    return wanted ? sql` and ${participations.role} = any(${wanted}::text[])` : sql``
  }
  /** A condition that leaves out the countries whose partners are wanted. */
  const isPartner = (country: AnyPgColumn, siblings: Siblings) => {
    const whose = siblings('partnerOf')
    return whose ? sql` and ${country} <> all(${whose}::text[])` : sql``
  }
  const taking = (value: AnyPgColumn, siblings: Siblings) =>
    sql`select ${record} as record, ${value} as value, ${participations.role} as role from ${participations} where ${own} and ${value} is not null${inRole(siblings)}`
  const organizationCountry = columnOf(organizations, 'country')
  const hosting = (siblings: Siblings): SQL[] =>
    siblings('role')
      ? []
      : registry
          .hostCountries(resource)
          .map(
            ({ record, country }) =>
              sql`select ${record} as record, ${country} as value, null::text as role from ${country.table} where ${country} is not null${isPartner(country, siblings)}`,
          )
  const countries = (siblings: Siblings) => [
    sql`${taking(participations.country, siblings)}${isPartner(participations.country, siblings)}`,
    sql`select ${record} as record, ${organizationCountry} as value, ${participations.role} as role from ${participations} join ${organizations} on ${columnOf(organizations, 'id')} = ${participations.organization} where ${own} and ${organizationCountry} is not null${inRole(siblings)}${isPartner(organizationCountry, siblings)}`,
    ...hosting(siblings),
  ]
  const common = { key, type: 'text', roles: z.enum(roles) } as const
  const stored = columnIn(columns, countriesProperty)
  const country: Relation = {
    ...common,
    queries: countries,
    stored: (siblings) => (siblings('role') || siblings('partnerOf') ? undefined : stored),
  }
  const area = (own: Area, level: Level = own): Relation => ({
    ...common,
    ...(level !== own && { grouped: area(own) }),
    queries: (siblings) => [
      ...countries(siblings).map(
        (rows) =>
          sql`select taking.record, by_area.area as value, taking.role from (${rows}) taking join ${countriesByArea(level)} by_area on by_area.country = taking.value`,
      ),
      sql`select taking.record, by_area.area as value, taking.role from (${taking(participations.region, siblings)}) taking join ${regionsByArea(level)} by_area on by_area.region = taking.value`,
    ],
    // Looks up the regions once and not for each record.
    some: (siblings) =>
      sql`(exists (select from (${relationRows(country, siblings)}) related where related.record = ${key} and related.value in (select countries_within(${areaCodes(own)}))) or exists (select from (${taking(participations.region, siblings)}) related where related.record = ${key} and related.value in (select regions_within(${areaCodes(own)}))))`,
  })
  return {
    country,
    organization: {
      ...common,
      type: 'uuid',
      queries: (siblings) => [taking(participations.organization, siblings)],
    },
    region: area('region'),
    anyRegion: area('region', 'any'),
    subregion: area('subregion'),
    role: { key, type: 'text', queries: (siblings) => [taking(participations.role, siblings)] },
  }
}
