import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Transaction } from '../../database/database.ts'
import { foreignKeysOf } from '../../database/foreign-keys.ts'
import { externalIds } from '../../database/tables/external-ids.ts'
import { statement } from '../../query/statement.ts'
import type { Resource } from '../../resources/resource.ts'
import type { Document } from './documents.ts'

const idList = z.array(z.object({ scheme: z.string(), id: z.string() }))

/** The external ids that a document gives; none where its resource has no such property. */
export const externalIdsOf = (document: Document) => idList.safeParse(document.externalIds).data ?? []

/** The column of the external ids that points to records of a resource; undefined where it has none. */
export function externalIdOwner(resource: Resource): PgColumn | undefined {
  return foreignKeysOf(externalIds).find(({ foreignTable }) => foreignTable === resource.table)?.columns[0]
}

/** The keys of the records of a resource that have external ids, by `scheme:id`. */
export async function recordsOfExternalIds(
  client: Transaction,
  resource: Resource,
  ids: { scheme: string; id: string }[],
): Promise<Map<string, string>> {
  const owner = externalIdOwner(resource)
  if (!owner || ids.length === 0) return new Map()
  const build =
    () => sql`select ${externalIds.scheme} as scheme, ${externalIds.id} as id, ${owner}::text as key
    from unnest(${sql.placeholder('schemes')}::text[], ${sql.placeholder('ids')}::text[]) as given(scheme, id)
    join ${externalIds} on ${externalIds.scheme} = given.scheme and ${externalIds.id} = given.id
    where ${owner} is not null`
  const rows = await client.query<{ scheme: string; id: string; key: string }>(
    statement(`records of external ids|${resource.name}`, build, {
      schemes: ids.map(({ scheme }) => scheme),
      ids: ids.map(({ id }) => id),
    }),
  )
  return new Map(rows.map(({ scheme, id, key }) => [`${scheme}:${id}`, key]))
}
