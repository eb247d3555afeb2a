import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { columnOf } from '../../database/columns.ts'
import type { FieldContext } from '../field.ts'
import { type Filter, filterByAny, type GetOtherFilter, isInAny, withRelation } from '../filters.ts'
import { keys } from '../keys.ts'
import { belongsTo } from '../resource.ts'
import type { ParticipantRelations } from './relations.ts'
import type { Roles } from './schema.ts'

const textArray = (values: SQL) => sql`${values}::text[]`

/** Filters by participant. With `role`, the other filters except `partnerOf` match only participants in this role. */
export function participantFilters(
  { recordId: key, resource, registry }: FieldContext,
  roles: Roles,
  relations: ParticipantRelations,
): Record<string, Filter> {
  const { participations } = registry.shared
  const organizations = registry.table('organizations')
  const hosts = registry.hostCountries(resource)
  const role = (getOtherFilter: GetOtherFilter) => {
    const wanted = getOtherFilter('role')
    return wanted ? sql` and ${participations.role} = any(${textArray(wanted)})` : sql``
  }
  const recordsWithParticipant = (condition: SQL, getOtherFilter: GetOtherFilter) =>
    sql`select ${participations.record} from ${participations} where (${condition}) and ${belongsTo(participations.resource, resource)}${role(getOtherFilter)}`
  /**
   * SQL condition that a participant is one of the countries or one of their organizations. It reads one table, so PostgreSQL
   * can estimate the number of matches, and start from the matching participants or from the records in order.
   */
  const fromCountries = (countries: SQL): SQL =>
    sql`${participations.country} = any(${countries}) or ${participations.organization} = any(array(select ${columnOf(organizations, 'id')} from ${organizations} where ${columnOf(organizations, 'country')} = any(${countries})))`
  const hostedIn = (countries: SQL, getOtherFilter: GetOtherFilter) =>
    getOtherFilter('role')
      ? []
      : hosts.map(
          ({ record, country }) =>
            sql`select ${record} from ${country.table} where ${country} = any(${countries})`,
        )
  /** Removes the countries of the filter `partnerOf` from `countries`, since the request asks for their partners. */
  const partnersAmong = (countries: SQL, getOtherFilter: GetOtherFilter) => {
    const partnerOf = getOtherFilter('partnerOf')
    return partnerOf
      ? sql`array(select unnest(${countries}) except select unnest(${textArray(partnerOf)}))`
      : countries
  }
  const byCountries = (countries: SQL, getOtherFilter: GetOtherFilter) =>
    isInAny(key, [
      recordsWithParticipant(fromCountries(countries), getOtherFilter),
      ...hostedIn(countries, getOtherFilter),
    ])
  const withinRegions = (codes: SQL, getOtherFilter: GetOtherFilter) => {
    const regions = sql`array(select regions_within(${codes}))`
    const countries = partnersAmong(sql`array(select countries_within(${codes}))`, getOtherFilter)
    const within = sql`${participations.region} = any(${regions}) or ${fromCountries(countries)}`
    return isInAny(key, [
      recordsWithParticipant(within, getOtherFilter),
      ...hostedIn(countries, getOtherFilter),
    ])
  }
  const orHosts = hosts.length > 0 ? ', or that is its host or location' : ''
  return {
    country: withRelation(
      {
        description: `Country that takes part in any role (or in \`role\`), itself or through one of its organizations${orHosts}.`,
        value: keys.country(),
        comparisons: {
          eq: {
            takes: 'many',
            sql: (values, getOtherFilter) =>
              byCountries(partnersAmong(textArray(values), getOtherFilter), getOtherFilter),
            stored: (values, getOtherFilter) => {
              const stored = relations.country.stored?.(getOtherFilter)
              if (!stored) return undefined
              const hosting = hostedIn(textArray(values), getOtherFilter).map(
                (rows) => sql`${key} in (${rows})`,
              )
              return sql.join([sql`${stored.column} && ${textArray(values)}`, ...hosting], sql` or `)
            },
          },
        },
      },
      relations.country,
    ),
    partnerOf: filterByAny(
      keys.country(),
      'Country that takes part, in any role. With it, `country`, `region` and `subregion`, and groups by them, count only its partners.',
      (values) => byCountries(textArray(values), () => undefined),
    ),
    organization: withRelation(
      filterByAny(keys.uuid(), 'Organization that takes part.', (values, getOtherFilter) =>
        isInAny(key, [
          recordsWithParticipant(
            sql`${participations.organization} = any(${values}::uuid[])`,
            getOtherFilter,
          ),
        ]),
      ),
      relations.organization,
    ),
    region: withRelation(
      filterByAny(
        keys.region(),
        'Region or group of countries: the region itself takes part, or one below it, or any of their countries.',
        (values, getOtherFilter) => withinRegions(textArray(values), getOtherFilter),
      ),
      relations.anyRegion,
    ),
    subregion: withRelation(
      filterByAny(
        keys.region(),
        'Subregion of M49: it takes part itself, or a region below it, or any of their countries.',
        (values, getOtherFilter) =>
          withinRegions(
            sql`array(select code from regions where kind = 'subregion' and code = any(${textArray(values)}))`,
            getOtherFilter,
          ),
      ),
      relations.subregion,
    ),
    role: withRelation(
      filterByAny(
        z.enum(roles),
        'Role of a participant. `country`, `organization`, `region` and `subregion` match participants in this role.',
        (values, getOtherFilter) =>
          (getOtherFilter('country') ?? getOtherFilter('organization') ?? getOtherFilter('region'))
            ? sql`true`
            : isInAny(key, [
                recordsWithParticipant(
                  sql`${participations.role} = any(${textArray(values)})`,
                  () => undefined,
                ),
              ]),
      ),
      relations.role,
    ),
  }
}
