import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { assistancePrograms } from '../database/tables/assistance-programs.ts'
import { cooperationBases } from '../database/tables/cooperation-bases.ts'
import { externalIds } from '../database/tables/external-ids.ts'
import { organizations } from '../database/tables/organizations.ts'
import { participations } from '../database/tables/participations.ts'
import { projects } from '../database/tables/projects.ts'
import { topicLinks } from '../database/tables/topic-links.ts'
import { anyOf, anyWhere, type Filter, type Siblings, timestamp } from '../query/filters.ts'
import { byColumn, type SortKey } from '../query/sorts.ts'
import { pairsOf, type Tie, tieComparisons } from '../query/ties.ts'
import type { CooperationOwner, IdentifiedOwner } from './parts/links.ts'
import type { Resource } from './resource.ts'
import { areaOfCountry, type Ties } from './ties.ts'
import { keys } from './values.ts'

/** Filters and sort keys that several resources share. */

/** Filters that every record has: its key, and when it was made and changed. */
export const recordFilters = (table: Resource['table'], key: Resource['key']): Record<string, Filter> => ({
  [key.property]: anyOf(key.column, key.schema, 'Key of the record.'),
  createdAt: timestamp(table.createdAt, 'When the record was made in the registry.'),
  updatedAt: timestamp(table.updatedAt, 'When the record was last changed in the registry.'),
})

/** Sort keys that every record has. */
export const recordSorts = (table: Resource['table'], key: Resource['key']): Record<string, SortKey> => ({
  [key.property]: byColumn(
    key.column,
    key.madeBy === 'registry' ? 'uuid' : 'text',
    key.madeBy === 'registry' ? 'Order of creation.' : 'The key itself.',
  ),
  createdAt: byColumn(table.createdAt, 'timestamptz', 'When the record was made in the registry.'),
  updatedAt: byColumn(table.updatedAt, 'timestamptz', 'When the record was last changed in the registry.'),
})

/** The condition that a record is among those of some queries, each of which yields keys. */
export const among = (key: AnyPgColumn, queries: SQL[]): SQL =>
  sql`${key} in (${sql.join(queries, sql` union all `)})`

/**
 * Columns that tie a record to a country beside its participants: who hosts it, and where it is. The country takes part
 * by them too, in no role.
 */
export const placesOf = {
  agreements: [],
  projects: [projects.locationCountry],
  'cooperation-bases': [cooperationBases.hostCountry, cooperationBases.locationCountry],
  'assistance-programs': [assistancePrograms.locationCountry],
} satisfies Record<string, AnyPgColumn[]>

const textArray = (values: SQL) => sql`${values}::text[]`

const forAny = 'ALL: each of the values itself. `isNull`: whether there is none.'
const forParticipants =
  'ALL: each of the values, perhaps in a role, as `value:role`. `isNull`: whether there is none. `noneAs`: none in these roles.'

/** A filter with what can be asked besides of a property that has many values. */
export const withTie = (filter: Filter, tie: Tie, all: 'all' | 'exactly' = 'all'): Filter => ({
  ...filter,
  description: `${filter.description} ${tie.roles ? forParticipants : forAny}`.replaceAll(
    'ALL',
    `\`${all}\``,
  ),
  comparisons: { ...filter.comparisons, ...tieComparisons(tie, filter.value, all) },
})

const subregion = keys.region()

/** Any of some values of a tie. */
const byRows = (tie: Tie, description: string): Filter =>
  withTie(
    anyWhere(subregion, description, (values, siblings) =>
      among(tie.key, [
        sql`select tied.record from (${pairsOf(tie, siblings)}) tied where tied.value = any(${textArray(values)})`,
      ]),
    ),
    tie,
  )

/** Filters by the regions that a record's one country lies in. */
export const regionFilters = (
  key: AnyPgColumn,
  country: AnyPgColumn,
  description: string,
): Record<string, Filter> => ({
  region: withTie(
    anyWhere(
      keys.region(),
      description,
      (values) => sql`${country} in (select countries_within(${textArray(values)}))`,
    ),
    areaOfCountry(key, country, 'region', 'any'),
  ),
  subregion: byRows(areaOfCountry(key, country, 'subregion'), 'Subregion of M49 that it lies in.'),
})

/** `externalId=scheme:id`: the record that another register calls so. */
export const externalIdFilter = (owner: IdentifiedOwner, key: AnyPgColumn): Filter =>
  anyWhere(
    z
      .string()
      .max(400)
      .regex(/^[a-z0-9][a-z0-9._-]*:.+$/, { error: 'must be scheme:id, such as interview-2011:F01' })
      .meta({ examples: ['interview-2011:F01'] }),
    'Id in another register, as `scheme:id`.',
    // The scheme is a column of its own in the index, so both halves are compared apart.
    (values) =>
      among(key, [
        sql`select ${externalIds[owner]} from ${externalIds} join unnest(${textArray(values)}) as given(name) on ${externalIds.scheme} = split_part(given.name, ':', 1) and ${externalIds.id} = substr(given.name, strpos(given.name, ':') + 1) where ${externalIds[owner]} is not null`,
      ]),
  )

/** `topic=energy`: records about a topic or any narrower one. */
const topicFilter = (owner: CooperationOwner, key: AnyPgColumn, ties: Ties): Filter =>
  withTie(
    anyWhere(keys.topic(), 'Slug of a topic; records on narrower topics are found too.', (values) =>
      among(key, [
        sql`select ${topicLinks[owner]} from ${topicLinks} where ${topicLinks.topic} = any(array(select topics_within(${textArray(values)}))) and ${topicLinks[owner]} is not null`,
      ]),
    ),
    ties.topic,
    'exactly',
  )

/**
 * The condition that a participant is one of some countries, or an organization of theirs. All of one table, so that
 * PostgreSQL can tell how many there are, and go either way: from the few participants to their records, or from
 * records, in their order, to whether they have one.
 * @param countries SQL of type text[].
 */
const fromCountries = (countries: SQL): SQL =>
  sql`${participations.country} = any(${countries}) or ${participations.organization} = any(array(select ${organizations.id} from ${organizations} where ${organizations.country} = any(${countries})))`

/**
 * Filters by who takes part. `role` narrows the other three to participants in that role.
 * @param places columns of the record that also tie it to a country, such as its host, when no role is asked for.
 */
function participantFilters(
  owner: CooperationOwner,
  key: AnyPgColumn,
  roles: readonly [string, ...string[]],
  ties: Ties,
  places: AnyPgColumn[],
): Record<string, Filter> {
  const role = (siblings: Siblings) => {
    const asked = siblings('role')
    return asked ? sql` and ${participations.role} = any(${textArray(asked)})` : sql``
  }
  const taking = (condition: SQL, siblings: Siblings) =>
    sql`select ${participations[owner]} from ${participations} where (${condition}) and ${participations[owner]} is not null${role(siblings)}`
  const placedIn = (countries: SQL, siblings: Siblings) =>
    siblings('role')
      ? []
      : places.map((place) => sql`select ${key} from ${place.table} where ${place} = any(${countries})`)
  const withinRegions = (codes: SQL, siblings: Siblings) => {
    const regions = sql`array(select regions_within(${codes}))`
    const countries = sql`array(select countries_within(${codes}))`
    const within = sql`${participations.region} = any(${regions}) or ${fromCountries(countries)}`
    return among(key, [taking(within, siblings), ...placedIn(countries, siblings)])
  }
  const where = places.length > 0 ? ', or where it is' : ''
  return {
    country: withTie(
      anyWhere(
        keys.country(),
        `Country that takes part in whatever role (or in \`role\`), itself or by one of its organizations${where}.`,
        (values, siblings) =>
          among(key, [
            taking(fromCountries(textArray(values)), siblings),
            ...placedIn(textArray(values), siblings),
          ]),
      ),
      ties.country,
    ),
    organization: withTie(
      anyWhere(keys.uuid(), 'Organization that takes part.', (values, siblings) =>
        among(key, [taking(sql`${participations.organization} = any(${values}::uuid[])`, siblings)]),
      ),
      ties.organization,
    ),
    region: withTie(
      anyWhere(
        keys.region(),
        'Region or group of countries: the region itself takes part, or one below it, or any of their countries.',
        (values, siblings) => withinRegions(textArray(values), siblings),
      ),
      ties.anyRegion,
    ),
    subregion: withTie(
      anyWhere(
        keys.region(),
        'Subregion of M49: it takes part itself, or a region below it, or any of their countries.',
        (values, siblings) =>
          withinRegions(
            sql`array(select code from regions where kind = 'subregion' and code = any(${textArray(values)}))`,
            siblings,
          ),
      ),
      ties.subregion,
    ),
    role: withTie(
      anyWhere(
        z.enum(roles),
        'Role of a participant. With `country`, `organization` or `region`: the same participant has it.',
        (values, siblings) =>
          (siblings('country') ?? siblings('organization') ?? siblings('region'))
            ? sql`true`
            : among(key, [taking(sql`${participations.role} = any(${textArray(values)})`, () => undefined)]),
      ),
      ties.role,
    ),
  }
}

/**
 * Filters of agreements, projects, bases and programs alike: who takes part, topics, external ids.
 * @param places as in `participantFilters`.
 */
export const cooperationFilters = (
  owner: CooperationOwner,
  key: AnyPgColumn,
  roles: readonly [string, ...string[]],
  ties: Ties,
  places: AnyPgColumn[] = [],
): Record<string, Filter> => ({
  ...participantFilters(owner, key, roles, ties, places),
  topic: topicFilter(owner, key, ties),
  externalId: externalIdFilter(owner, key),
})

/** Records that refer to an agreement through a table of pairs. */
export const agreementFilter = (key: AnyPgColumn, owner: AnyPgColumn, agreement: AnyPgColumn): Filter =>
  anyWhere(keys.uuid(), 'Agreement that it came from.', (values) =>
    among(key, [sql`select ${owner} from ${owner.table} where ${agreement} = any(${values}::uuid[])`]),
  )
