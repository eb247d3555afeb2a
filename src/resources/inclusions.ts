import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { citations as citationsTable } from '../database/tables/citations.ts'
import { participations } from '../database/tables/participations.ts'
import type { citableColumns } from '../database/tables/subjects.ts'
import { topicLinks } from '../database/tables/topic-links.ts'
import { wholeDocumentJson } from '../query/document.ts'
import { citations } from './citations.ts'
import { countries } from './countries.ts'
import { organizations } from './organizations.ts'
import type { CooperationOwner } from './parts/links.ts'
import { jsonList } from './parts/part.ts'
import { regions } from './regions.ts'
import { type Include, type Resource, recordOf } from './resource.ts'
import { topics } from './topics.ts'

/** What several resources can include. Called when a request or the contract is made, not while modules load. */

/**
 * The records of another resource that a condition picks.
 * @param nested what is included in them in turn.
 */
export function included(
  resource: Resource,
  description: string,
  condition: SQL,
  nested: readonly string[] = [],
): Include {
  const order = sql`order by ${resource.key.column}`
  return {
    description,
    schema: z.array(z.lazy(() => recordOf(resource))),
    json: jsonList(
      sql`select ${wholeDocumentJson(resource, nested)} from ${resource.table} where ${condition} ${order}`,
    ),
  }
}

/** The one record that a property refers to, or null. */
export function includedOne(resource: Resource, description: string, key: AnyPgColumn): Include {
  return {
    description,
    schema: z.lazy(() => recordOf(resource)).nullable(),
    json: sql`(select ${wholeDocumentJson(resource)} from ${resource.table} where ${resource.key.column} = ${key})`,
  }
}

type CitedColumn = keyof ReturnType<typeof citableColumns>

/** The citations that support the record, each with its source. */
export const citationsOf = (column: CitedColumn, key: AnyPgColumn): Include =>
  included(
    citations,
    'the citations that support the record, each with its source in `sourceDetails`.',
    sql`${citationsTable[column]} = ${key}`,
    ['sourceDetails'],
  )

/** What agreements, projects, bases and programs can include: citations, who takes part, and the topics. */
export function cooperationIncludes(owner: CooperationOwner, key: AnyPgColumn): Record<string, Include> {
  const taking = (column: AnyPgColumn) =>
    sql`(select ${column} from ${participations} where ${participations[owner]} = ${key})`
  const links = sql`(select ${topicLinks.topic} from ${topicLinks} where ${topicLinks[owner]} = ${key})`
  const among = (resource: Resource, description: string, keys: SQL) =>
    included(resource, description, sql`${resource.key.column} in ${keys}`)
  return {
    citations: citationsOf(owner, key),
    countries: among(countries, 'the countries that take part.', taking(participations.country)),
    organizations: among(
      organizations,
      'the organizations that take part.',
      taking(participations.organization),
    ),
    regions: among(regions, 'the regions that take part.', taking(participations.region)),
    topicDetails: among(topics, 'the topics, as records.', links),
  }
}
