import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, literal } from '../../database/columns.ts'
import type { FieldContext, Roles } from '../field.ts'
import type { GetOtherFilter } from '../filters.ts'
import { type MultiValue, multiValueRows } from '../multi-values.ts'
import { belongsTo } from '../resource.ts'
import { andInRole } from './conditions.ts'

/** The participants of records as multi-values, which filters and dimensions share. */

/**
 * Name, in the table's definition, of the column with the distinct countries that take part in a record, directly or through
 * an organization.
 */
export const countriesProperty = 'participatingCountries'

/** Levels of regions (UN M49) by which records can be grouped. */
export type GroupLevel = 'region' | 'subregion'

/** The filter `region` also accepts the codes of all other regions: the world, intermediate regions and country groups. */
type Level = GroupLevel | 'any'

const isAtLevel = (level: Level) => (level === 'any' ? sql`true` : sql`area.kind = ${literal(level)}`)

const areaCodes = (level: Level) =>
  sql`(select array_agg(area.code) from regions area where ${isAtLevel(level)})`

/**
 * Query of the regions of a level that contain the value of a row.
 * @param rows query with the columns `record`, `value` (a code of `member`) and `role`.
 */
function areaRows(rows: SQL, member: 'country' | 'region', level: Level): SQL {
  const within = sql.raw(member === 'country' ? 'countries_within' : 'regions_within')
  // The regions of a group level are few, and are expanded once. Otherwise a planner that estimates only one row of `rows` would
  // expand them again for each row. At the level `any`, only the regions that a condition on the `value` of the result selects
  // are expanded.
  const materialized = sql.raw(level === 'any' ? 'not materialized' : 'materialized')
  return sql`(with by_area as ${materialized} (select area.code as area, member from regions area cross join lateral ${within}(array[area.code]) member where ${isAtLevel(level)})
    select participation.record, by_area.area as value, participation.role from (${rows}) participation join by_area on by_area.member = participation.value)`
}

/**
 * The regions that contain the country of a record, for records with a single country in a column.
 * @param recordId the column with the record's id.
 * @param groupLevel level of the regions by which records are grouped, and which `isNull` and `otherThan` compare.
 * @param level level of the regions that the filter's other operators accept.
 */
export const countryAreas = (
  recordId: AnyPgColumn,
  country: AnyPgColumn,
  groupLevel: GroupLevel,
  level: Level = groupLevel,
): MultiValue => ({
  recordId,
  type: 'text',
  ...(level !== groupLevel && { groupValues: countryAreas(recordId, country, groupLevel) }),
  queries: () => [
    areaRows(
      sql`select ${recordId} as record, ${country} as value, null::text as role from ${recordId.table}`,
      'country',
      level,
    ),
  ],
  some: () =>
    sql`(${country} is not null and ${country} in (select countries_within(${areaCodes(groupLevel)})))`,
})

/** The participants of a record, as the multi-values that filters and dimensions use. */
export type ParticipantValues = Record<
  'country' | 'organization' | GroupLevel | 'anyRegion' | 'role',
  MultiValue
>

/** The queries of the participants of a resource: columns `record`, `value` and `role`. */
function participantQueries({ resource, registry }: FieldContext) {
  const { participations } = registry.shared
  const organizations = registry.table('organizations')
  const { record } = participations
  const isOfResource = belongsTo(participations.resource, resource)
  /** With the filter `partnerOf`, leaves out its countries: only their partners count. */
  const andNotPartnerOf = (country: AnyPgColumn, getOtherFilter: GetOtherFilter) => {
    const partnerOf = getOtherFilter('partnerOf')
    return partnerOf ? sql` and ${country} <> all(${partnerOf}::text[])` : sql``
  }
  const participantRows = (value: AnyPgColumn, getOtherFilter: GetOtherFilter) =>
    sql`select ${record} as record, ${value} as value, ${participations.role} as role from ${participations} where ${isOfResource} and ${value} is not null${andInRole(participations.role, getOtherFilter)}`
  const organizationCountry = columnOf(organizations, 'country')
  const hostRows = (getOtherFilter: GetOtherFilter): SQL[] =>
    getOtherFilter('role')
      ? []
      : registry
          .hostCountries(resource)
          .map(
            ({ record, country }) =>
              sql`select ${record} as record, ${country} as value, null::text as role from ${country.table} where ${country} is not null${andNotPartnerOf(country, getOtherFilter)}`,
          )
  const countryRows = (getOtherFilter: GetOtherFilter) => [
    sql`${participantRows(participations.country, getOtherFilter)}${andNotPartnerOf(participations.country, getOtherFilter)}`,
    sql`select ${record} as record, ${organizationCountry} as value, ${participations.role} as role from ${participations} join ${organizations} on ${columnOf(organizations, 'id')} = ${participations.organization} where ${isOfResource} and ${organizationCountry} is not null${andInRole(participations.role, getOtherFilter)}${andNotPartnerOf(organizationCountry, getOtherFilter)}`,
    ...hostRows(getOtherFilter),
  ]
  return { participantRows, hostRows, countryRows }
}

/**
 * Returns the participants of a resource's records. The countries of hosts and locations count, too, unless the request
 * filters by role.
 */
export function participantValues(context: FieldContext, roles: Roles): ParticipantValues {
  const { recordId, registry, columns } = context
  const { participations } = registry.shared
  const { participantRows, hostRows, countryRows } = participantQueries(context)
  const common = { recordId, type: 'text', roles: z.enum(roles) } as const
  const stored = columnIn(columns, countriesProperty)
  const country: MultiValue = {
    ...common,
    queries: countryRows,
    stored: (getOtherFilter) =>
      getOtherFilter('role') || getOtherFilter('partnerOf')
        ? undefined
        : { column: stored, others: hostRows(getOtherFilter) },
  }
  const area = (groupLevel: GroupLevel, level: Level = groupLevel): MultiValue => ({
    ...common,
    ...(level !== groupLevel && { groupValues: area(groupLevel) }),
    queries: (getOtherFilter) => [
      ...countryRows(getOtherFilter).map((rows) => areaRows(rows, 'country', level)),
      areaRows(participantRows(participations.region, getOtherFilter), 'region', level),
    ],
    // Looks up the regions once, not for each record.
    some: (getOtherFilter) =>
      sql`(exists (select from (${multiValueRows(country, getOtherFilter)}) related where related.record = ${recordId} and related.value = any(array(select countries_within(${areaCodes(groupLevel)})))) or exists (select from (${participantRows(participations.region, getOtherFilter)}) related where related.record = ${recordId} and related.value = any(array(select regions_within(${areaCodes(groupLevel)})))))`,
  })
  return {
    country,
    organization: {
      ...common,
      type: 'uuid',
      queries: (getOtherFilter) => [participantRows(participations.organization, getOtherFilter)],
    },
    region: area('region'),
    anyRegion: area('region', 'any'),
    subregion: area('subregion'),
    role: {
      recordId,
      type: 'text',
      queries: (getOtherFilter) => [participantRows(participations.role, getOtherFilter)],
    },
  }
}
