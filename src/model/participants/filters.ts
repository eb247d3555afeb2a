import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { textArray } from '../../database/columns.ts'
import type { FieldContext, Roles } from '../field.ts'
import { type Filter, filterByAny, withMultiValue } from '../filters.ts'
import { keys } from '../keys.ts'
import { ParticipantConditions, partnersAmong } from './conditions.ts'
import type { ParticipantValues } from './multi-values.ts'

/** The filter by countries. Statements that read every record use the column with the countries of a record (`stored`). */
function countryFilter(
  { recordId }: FieldContext,
  conditions: ParticipantConditions,
  { stored }: ParticipantValues['country'],
): Filter {
  const orHosts = conditions.hasHosts ? ', or is the host or location of the record' : ''
  return {
    description: `Country that takes part in any role (or in \`role\`), itself or through one of its organizations${orHosts}.`,
    value: keys.country(),
    comparisons: {
      eq: {
        takes: 'many',
        sql: (values, getOtherFilter) =>
          conditions.byCountries(partnersAmong(textArray(values), getOtherFilter), getOtherFilter),
        stored: (values, getOtherFilter) => {
          const countries = stored?.(getOtherFilter)
          if (!countries) return undefined
          const hosting = conditions
            .hostedIn(textArray(values), getOtherFilter)
            .map((rows) => sql`${recordId} in (${rows})`)
          return sql.join([sql`${countries.column} && ${textArray(values)}`, ...hosting], sql` or `)
        },
      },
    },
  }
}

/** The filters that select participants in the role of the filter `role`. */
const filtersWithRole = ['country', 'organization', 'region', 'subregion']

/** The filter by role. The other filters by participant, except `partnerOf`, apply it themselves to the same participant. */
function roleFilter({ registry }: FieldContext, conditions: ParticipantConditions, roles: Roles): Filter {
  const { participations } = registry.shared
  return filterByAny(
    z.enum(roles),
    'Role of a participant. `country`, `organization`, `region` and `subregion` match participants in this role.',
    (values, getOtherFilter) =>
      filtersWithRole.some((name) => getOtherFilter(name) !== undefined)
        ? sql`true`
        : conditions.withParticipant(
            sql`${participations.role} = any(${textArray(values)})`,
            () => undefined,
          ),
  )
}

/** Filters by participant. With `role`, the other filters except `partnerOf` match only participants in this role. */
export function participantFilters(
  context: FieldContext,
  roles: Roles,
  multiValues: ParticipantValues,
): Record<string, Filter> {
  const { participations } = context.registry.shared
  const conditions = new ParticipantConditions(context)
  const byOrganization = filterByAny(
    keys.uuid('organizations'),
    'Organization that takes part.',
    (values, getOtherFilter) =>
      conditions.withParticipant(
        sql`${participations.organization} = any(${values}::uuid[])`,
        getOtherFilter,
      ),
  )
  const byRegion = filterByAny(
    keys.region(),
    'Region or group of countries that takes part, itself or through a region or country in it. Without `role`, hosts and locations count, too.',
    (values, getOtherFilter) => conditions.withinRegions(textArray(values), getOtherFilter),
  )
  const bySubregion = filterByAny(
    keys.region(),
    'Subregion of M49 that takes part, itself or through a region or country in it. Without `role`, hosts and locations count, too.',
    (values, getOtherFilter) =>
      conditions.withinRegions(
        sql`array(select code from regions where kind = 'subregion' and code = any(${textArray(values)}))`,
        getOtherFilter,
      ),
  )
  return {
    country: withMultiValue(countryFilter(context, conditions, multiValues.country), multiValues.country),
    partnerOf: filterByAny(
      keys.country(),
      'Country that takes part, in any role. With this filter, `country`, `region` and `subregion`, and groups by them, count only its partners.',
      (values) => conditions.byCountries(textArray(values), () => undefined),
    ),
    organization: withMultiValue(byOrganization, multiValues.organization),
    region: withMultiValue(byRegion, multiValues.anyRegion),
    subregion: withMultiValue(bySubregion, multiValues.subregion),
    role: withMultiValue(roleFilter(context, conditions, roles), multiValues.role),
  }
}
