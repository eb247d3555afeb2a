import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../database/database.ts'
import { foldCode } from '../../database/folding.ts'
import { records } from '../../database/tables/records.ts'
import type { Resource } from '../../model/resource.ts'
import type { ExternalId } from '../../model/schemas.ts'
import { placeholder, statement } from '../../query/statement.ts'
import type { Document } from './documents.ts'

const externalIdsSchema = z.array(z.object({ scheme: z.string(), id: z.string() }))

/** Returns the external ids of a document; none if it has none, or if they are malformed. */
export const getExternalIds = (document: Document): ExternalId[] =>
  externalIdsSchema.safeParse(document.externalIds).data ?? []

/** Whether the records of a resource have external ids. */
export const hasExternalIds = ({ name, registry }: Resource): boolean =>
  registry.withExternalIds.includes(name)

/** Returns an external id as text, `scheme:id`, with the id as given (unlike `externalIdKey`). */
export const formatExternalId = ({ scheme, id }: ExternalId): string => `${scheme}:${id}`

/**
 * Finds records by their external ids, which are compared without case and in compatibility form (`externalIdKey`).
 * @returns the keys of the records by the ids as the caller has written them (`formatExternalId`).
 */
export async function findByExternalIds(
  tx: Transaction,
  resource: Resource,
  ids: ExternalId[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { externalIds } = resource.registry.shared
  const build = () => sql`select given.scheme, given.id, ${records.key} as key
    from unnest(${placeholder('schemes')}::text[], ${placeholder('ids')}::text[]) as given(scheme, id)
    join ${externalIds} on ${externalIds.scheme} = given.scheme and ${foldCode(externalIds.id)} = ${foldCode(sql`given.id`)}
    join ${records} on ${records.id} = ${externalIds.record}
    where ${externalIds.resource} = ${placeholder('resource')}`
  const rows = await tx.query<{ scheme: string; id: string; key: string }>(
    statement('records of external ids', build, {
      schemes: ids.map(({ scheme }) => scheme),
      ids: ids.map(({ id }) => id),
      resource: resource.name,
    }),
  )
  return new Map(rows.map(({ key, ...externalId }) => [formatExternalId(externalId), key]))
}
