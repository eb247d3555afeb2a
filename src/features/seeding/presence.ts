import { and, inArray, isNotNull, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Transaction } from '../../database/client.ts'
import { externalIds } from '../../database/tables/external-ids.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { externalIdOwner, externalIdsOf } from '../../operations/writing/external-ids.ts'
import type { Resource } from '../../resources/resource.ts'

/** Keys of records by the names that seeds use for them: `scheme:id`, or the key itself where clients make it. */
export type KeysByName = Map<string, string>

const nameOf = ({ scheme, id }: { scheme: string; id: string }) => `${scheme}:${id}`

/** The names of a document's record. */
function namesOf(resource: Resource, document: Document): string[] {
  return resource.key.madeBy === 'client'
    ? [String(document[resource.key.property])]
    : externalIdsOf(document).map(nameOf)
}

/** Finds the records of a resource that have one of the names. @returns the keys of those that exist. */
export async function findNamed(
  transaction: Transaction,
  resource: Resource,
  names: string[],
): Promise<KeysByName> {
  if (names.length === 0) return new Map()
  const database = drizzle(transaction.$client)
  const owner = externalIdOwner(resource)
  if (resource.key.madeBy === 'client' || !owner) {
    const rows = await database
      .select({ key: sql<string>`${resource.key.column}` })
      .from(resource.table)
      .where(inArray(resource.key.column, names))
    return new Map(rows.map(({ key }) => [key, key]))
  }
  const rows = await database
    .select({ scheme: externalIds.scheme, id: externalIds.id, key: sql<string>`${owner}` })
    .from(externalIds)
    .where(and(isNotNull(owner), inArray(sql`${externalIds.scheme} || ':' || ${externalIds.id}`, names)))
  return new Map(rows.map(({ key, ...name }) => [nameOf(name), key]))
}

/** Finds the records of documents. @returns the keys of those that exist. */
export const findKeys = (
  transaction: Transaction,
  resource: Resource,
  documents: Document[],
): Promise<KeysByName> =>
  findNamed(
    transaction,
    resource,
    documents.flatMap((document) => namesOf(resource, document)),
  )

/** Whether the record of a document exists. */
export const isPresent = (resource: Resource, document: Document, keys: KeysByName): boolean =>
  namesOf(resource, document).some((name) => keys.has(name))
