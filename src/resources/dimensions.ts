import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { countries } from '../database/tables/countries.ts'
import { organizations } from '../database/tables/organizations.ts'
import { regions } from '../database/tables/regions.ts'
import { topics } from '../database/tables/topics.ts'
import { byTie, byValue, type Dimension, type Measure, nameIn } from '../query/dimensions.ts'
import { areaOfCountry, type Ties } from './ties.ts'

/** Dimensions and measures that several resources share. */

/** What readers call the keys of other records. */
export const names = {
  country: nameIn(countries.code, countries.name),
  region: nameIn(regions.code, regions.name),
  organization: nameIn(organizations.id, organizations.name),
  topic: nameIn(topics.slug, topics.name),
}

/** A country that a column names. */
export const byCountry = (column: AnyPgColumn, filter: string, description: string): Dimension =>
  byValue(column, filter, description, names.country)

/** The regions that a record's one country lies in. */
export const byRegions = (key: AnyPgColumn, country: AnyPgColumn): Record<string, Dimension> => ({
  region: byTie(areaOfCountry(key, country, 'region'), 'region', 'Region of M49: a continent.', names.region),
  subregion: byTie(areaOfCountry(key, country, 'subregion'), 'subregion', 'Subregion of M49.', names.region),
})

/**
 * Who takes part in agreements, projects, bases and programs, and what they are about. `role` narrows the others to
 * the same participant, as the filter does.
 */
export const cooperationDimensions = (ties: Ties): Record<string, Dimension> => ({
  country: byTie(ties.country, 'country', 'Country, as the filter `country` finds it.', names.country),
  region: byTie(
    ties.region,
    'region',
    'Region of M49, a continent, as the filter `region` finds it.',
    names.region,
  ),
  subregion: byTie(ties.subregion, 'subregion', 'Subregion of M49, as the filter finds it.', names.region),
  organization: byTie(ties.organization, 'organization', 'Organization that takes part.', names.organization),
  role: byTie(
    ties.role,
    'role',
    'Role of a participant; beside `country`, `organization`, `region` or `subregion`, the role of the same one.',
    (value) => sql`replace(${value}, '_', ' ')`,
  ),
  topic: byTie(ties.topic, 'topic', 'Topic itself, without what is below it.', names.topic, 'exactly'),
})

/** An amount of money, which is only comparable within one currency. */
export const amount = (column: AnyPgColumn, currency: string, description: string): Measure => ({
  description,
  value: sql`${column}`,
  within: currency,
})
