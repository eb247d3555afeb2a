import { sql } from 'drizzle-orm'
import type { Transaction } from '../database/database.ts'
import { dialect } from '../database/dialect.ts'
import { externalIds } from '../database/tables/external-ids.ts'
import type { Document } from '../operations/writing/documents.ts'
import { externalIdOwner, externalIdsOf } from '../operations/writing/external-ids.ts'
import type { Resource } from '../resources/resource.ts'

/** Keys of records by what seeds know them by: `scheme:id`, or the key itself where clients make it. */
export type Keys = Map<string, string>

const nameOf = ({ scheme, id }: { scheme: string; id: string }) => `${scheme}:${id}`

/** What a document is known by. */
function namesOf(resource: Resource, document: Document): string[] {
  return resource.key.madeBy === 'client'
    ? [String(document[resource.key.property])]
    : externalIdsOf(document).map(nameOf)
}

/** The keys of those records that are there, out of the names of a resource's records. */
export async function findNamed(
  transaction: Transaction,
  resource: Resource,
  names: string[],
): Promise<Keys> {
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

/** The keys of those documents that are there already. */
export const findKeys = (
  transaction: Transaction,
  resource: Resource,
  documents: Document[],
): Promise<Keys> =>
  findNamed(
    transaction,
    resource,
    documents.flatMap((document) => namesOf(resource, document)),
  )

/** Whether a document's record is there. */
export const isPresent = (resource: Resource, document: Document, keys: Keys): boolean =>
  namesOf(resource, document).some((name) => keys.has(name))
