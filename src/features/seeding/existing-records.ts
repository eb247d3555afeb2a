import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { findByExternalIds, formatExternalId, getExternalIds } from '../../operations/writing/external-ids.ts'

/** Keys of records by their identifiers in seeds: `scheme:id`, or the key itself if clients choose it. */
export type KeysByIdentifier = Map<string, string>

/** Returns the identifiers of a document: its external ids, or its key. */
function listIdentifiers(resource: Resource, document: Document): string[] {
  return resource.key.assignedBy === 'client'
    ? [String(document[resource.key.property])]
    : getExternalIds(document).map(formatExternalId)
}

/** Splits an identifier at its first colon. The name of a scheme has no colon. */
function parseExternalId(identifier: string): { scheme: string; id: string } {
  const [scheme = '', ...id] = identifier.split(':')
  return { scheme, id: id.join(':') }
}

/** Finds the keys of the existing records with the given identifiers. External ids are compared as in their unique index. */
export async function findByIdentifiers(
  tx: Transaction,
  resource: Resource,
  identifiers: string[],
): Promise<KeysByIdentifier> {
  if (identifiers.length === 0) return new Map()
  if (resource.key.assignedBy !== 'client')
    return findByExternalIds(tx, resource, identifiers.map(parseExternalId))
  const ids = identifiers.map((key) => recordId(resource, key))
  const rows = await tx.query<{ key: string }>(
    compileSql(
      sql`select ${records.key} as key from ${records} where ${records.id} = any(${sql.param(ids)}::uuid[])`,
    ),
  )
  return new Map(rows.map(({ key }) => [key, key]))
}

/** Finds the keys of the existing records that documents describe. */
export const findKeys = (
  tx: Transaction,
  resource: Resource,
  documents: Document[],
): Promise<KeysByIdentifier> =>
  findByIdentifiers(
    tx,
    resource,
    documents.flatMap((document) => listIdentifiers(resource, document)),
  )

/** Whether the record of a document exists, by its key or one of its external ids. */
export const isPresent = (resource: Resource, document: Document, keys: KeysByIdentifier): boolean =>
  listIdentifiers(resource, document).some((identifier) => keys.has(identifier))
