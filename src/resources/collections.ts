import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { citations as citationsTable } from '../database/tables/citations.ts'
import { externalIds } from '../database/tables/external-ids.ts'
import { participations } from '../database/tables/participations.ts'
import type { citableColumns } from '../database/tables/subjects.ts'
import { topicLinks } from '../database/tables/topic-links.ts'
import { topics } from '../database/tables/topics.ts'
import { topicSchemes } from '../database/vocabularies.ts'
import type { Collection } from '../query/condition.ts'
import { anyOf, anyWhere, type Filter, text, where } from '../query/filters.ts'
import { citations } from './citations.ts'
import type { CooperationOwner, IdentifiedOwner } from './parts/links.ts'
import { searchableOf } from './resource.ts'
import { keys } from './values.ts'

/** Lists inside records that several resources have, as searches ask for their elements. */

const none = () => ({})

/** A list whose elements have nothing below them. */
export const flat = (collection: Omit<Collection, 'collections' | 'key'>): Collection => ({
  ...collection,
  collections: none,
  key: collection.owner,
})

/** Filters of a participant, which all hold for one and the same. */
export const participantFilters = (roles: readonly [string, ...string[]]): Record<string, Filter> => ({
  country: anyOf(participations.country, keys.country(), 'Country that takes part itself.'),
  organization: anyOf(participations.organization, keys.uuid(), 'Organization that takes part.'),
  region: anyWhere(
    keys.region(),
    'Region that takes part, or one below it, or a country in it.',
    (values) =>
      sql`${participations.region} in (select regions_within(${values}::text[])) or ${participations.country} in (select countries_within(${values}::text[]))`,
  ),
  organizationCountry: anyWhere(
    keys.country(),
    'Country of the organization that takes part.',
    (values) =>
      sql`${participations.organization} in (select id from organizations where country = any(${values}::text[]))`,
  ),
  q: where(
    z.string().min(1).max(300),
    'Words in the names and aliases of the country, organization or region that takes part.',
    (words) => {
      const found = sql`search @@ websearch_to_tsquery('english', plain_text(${words}::text))`
      return sql`${participations.country} in (select code from countries where ${found}) or ${participations.organization} in (select id from organizations where ${found}) or ${participations.region} in (select code from regions where ${found})`
    },
  ),
  role: anyOf(participations.role, z.enum(roles), 'Role of the participant.'),
  contribution: text(participations.contribution, 'What the participant brings in.'),
})

/** The participants of a record. */
export const participantsIn = (owner: CooperationOwner, roles: readonly [string, ...string[]]): Collection =>
  flat({
    description: 'Who takes part.',
    table: participations,
    owner: participations[owner],
    filters: participantFilters(roles),
  })

/** The topics of a record. */
export const topicsIn = (owner: CooperationOwner): Collection =>
  flat({
    description: 'The topics that it is about.',
    table: topicLinks,
    owner: topicLinks[owner],
    filters: {
      slug: anyOf(topicLinks.topic, keys.topic(), 'The topic itself.'),
      within: anyWhere(
        keys.topic(),
        'The topic or any narrower one.',
        (values) => sql`${topicLinks.topic} in (select topics_within(${values}::text[]))`,
      ),
      scheme: anyWhere(
        z.enum(topicSchemes),
        'Scheme of the topic.',
        (values) =>
          sql`${topicLinks.topic} in (select ${topics.slug} from ${topics} where ${topics.scheme} = any(${values}::text[]))`,
      ),
    },
  })

/** The ids of a record in other registers. */
export const externalIdsIn = (owner: IdentifiedOwner): Collection =>
  flat({
    description: 'Its ids in other registers.',
    table: externalIds,
    owner: externalIds[owner],
    filters: {
      scheme: anyOf(externalIds.scheme, z.string().min(1).max(60), 'The register.'),
      id: text(externalIds.id, 'The id in that register.'),
    },
  })

/** The citations that support a record, with all that citations can be searched by. */
export function citationsIn(column: keyof ReturnType<typeof citableColumns>): Collection {
  const owner: PgColumn = citationsTable[column]
  return {
    ...searchableOf(citations),
    description: 'The citations that support it.',
    table: citationsTable,
    owner,
  }
}

/** What agreements, projects, bases and programs alike can be searched by. */
export const cooperationCollections = (owner: CooperationOwner): Record<string, Collection> => ({
  topics: topicsIn(owner),
  citations: citationsIn(owner),
  externalIds: externalIdsIn(owner),
})
