import { getTableConfig, type PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { externalIds } from '../../database/tables/external-ids.ts'
import type { Resource } from '../../resources/resource.ts'
import type { Document } from './documents.ts'

const idList = z.array(z.object({ scheme: z.string(), id: z.string() }))

/** The external ids that a document gives; none where its resource has no such property. */
export const externalIdsOf = (document: Document) => idList.safeParse(document.externalIds).data ?? []

/** The column of the external ids that points to records of a resource; undefined where it has none. */
export function externalIdOwner(resource: Resource): PgColumn | undefined {
  return getTableConfig(externalIds)
    .foreignKeys.map((foreignKey) => foreignKey.reference())
    .find(({ foreignTable }) => foreignTable === resource.table)?.columns[0]
}
