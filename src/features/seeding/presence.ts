import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { dialect } from '../../database/dialect.ts'
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
  const owner = externalIdOwner(resource)
  const isKeyedByClient = resource.key.madeBy === 'client' || !owner
  const { sql: text, params: values } = dialect.sqlToQuery(
    isKeyedByClient
      ? sql`select ${resource.key.column}::text as name, ${resource.key.column}::text as key from ${resource.table}
          where ${resource.key.column}::text = any(${sql.param(names)})`
      : sql`select ${externalIds.scheme} || ':' || ${externalIds.id} as name, ${owner}::text as key from ${externalIds}
          where ${owner} is not null and ${externalIds.scheme} || ':' || ${externalIds.id} = any(${sql.param(names)})`,
  )
  const rows = await transaction.query<{ name: string; key: string }>({ text, values })
  return new Map(rows.map(({ name, key }) => [name, key]))
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
