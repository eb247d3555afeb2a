import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'

/** Keys of records by their names in seeds: `scheme:id`, or the key itself if clients choose it. */
export type KeysByName = Map<string, string>

const formatName = ({ scheme, id }: { scheme: string; id: string }) => `${scheme}:${id}`

/** Returns the names of a document: its external ids, or its key. */
function listNames(resource: Resource, document: Document): string[] {
  return resource.key.assignedBy === 'client'
    ? [String(document[resource.key.property])]
    : getExternalIds(document).map(formatName)
}

/** Finds the keys of the existing records with the given names. */
export async function findNamed(
  transaction: Transaction,
  resource: Resource,
  names: string[],
): Promise<KeysByName> {
  if (names.length === 0) return new Map()
  const { externalIds } = resource.registry.shared
  const rows = await transaction.query<{ name: string; key: string }>(
    compileSql(
      resource.key.assignedBy === 'client'
        ? sql`select ${records.key} as name, ${records.key} as key from ${records}
            where ${records.id} = any(${sql.param(names.map((name) => recordId(resource, name)))}::uuid[])`
        : sql`select ${externalIds.scheme} || ':' || ${externalIds.id} as name, ${records.key} as key
            from ${externalIds} join ${records} on ${records.id} = ${externalIds.record}
            where ${externalIds.resource} = ${resource.name}
              and ${externalIds.scheme} || ':' || ${externalIds.id} = any(${sql.param(names)}::text[])`,
    ),
  )
  return new Map(rows.map(({ name, key }) => [name, key]))
}

/** Finds the keys of the existing records that documents describe. */
export const findKeys = (
  transaction: Transaction,
  resource: Resource,
  documents: Document[],
): Promise<KeysByName> =>
  findNamed(
    transaction,
    resource,
    documents.flatMap((document) => listNames(resource, document)),
  )

/** Whether the record of a document exists, by its key or one of its external ids. */
export const isPresent = (resource: Resource, document: Document, keys: KeysByName): boolean =>
  listNames(resource, document).some((name) => keys.has(name))
