import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../database/database.ts'
import { foldCode } from '../../database/folding.ts'
import { records } from '../../database/tables/records.ts'
import type { Resource } from '../../model/resource.ts'
import { statement } from '../../query/statement.ts'
import type { Document } from './documents.ts'

const externalIdsSchema = z.array(z.object({ scheme: z.string(), id: z.string() }))

/** Returns the external ids of a document; none when its resource has no such property. */
export const getExternalIds = (document: Document) =>
  externalIdsSchema.safeParse(document.externalIds).data ?? []

/** Whether the resource has external ids. */
export const hasExternalIds = ({ name, registry }: Resource): boolean =>
  registry.withExternalIds.includes(name)

/** Returns an external id as text, `scheme:id`, with the id as given (unlike `externalIdKey`). */
export const formatExternalId = ({ scheme, id }: { scheme: string; id: string }): string => `${scheme}:${id}`

/** Finds records by their external ids. @returns their keys by `scheme:id`, with the ids as given. */
export async function findByExternalIds(
  tx: Transaction,
  resource: Resource,
  ids: { scheme: string; id: string }[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { externalIds } = resource.registry.shared
  const build = () => sql`select given.scheme, given.id, ${records.key} as key
    from unnest(${sql.placeholder('schemes')}::text[], ${sql.placeholder('ids')}::text[]) as given(scheme, id)
    join ${externalIds} on ${externalIds.scheme} = given.scheme and ${foldCode(externalIds.id)} = ${foldCode(sql`given.id`)}
    join ${records} on ${records.id} = ${externalIds.record}
    where ${externalIds.resource} = ${sql.placeholder('resource')}`
  const rows = await tx.query<{ scheme: string; id: string; key: string }>(
    statement('records of external ids', build, {
      schemes: ids.map(({ scheme }) => scheme),
      ids: ids.map(({ id }) => id),
      resource: resource.name,
    }),
  )
  return new Map(rows.map(({ key, ...externalId }) => [formatExternalId(externalId), key]))
}
