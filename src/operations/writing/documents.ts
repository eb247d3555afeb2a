import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/client.ts'
import { deleteRows, insertRows, updateRow } from '../../database/rows.ts'
import { propertiesOf } from '../../query/document.ts'
import { lockStatement, readStatement } from '../../query/sql.ts'
import type { Resource } from '../../resources/resource.ts'

/** A record's document as clients write it, checked and with every property in place. */
export type Document = Record<string, unknown>

/** A record as it stands in the database. */
export interface Stored {
  version: number
  /** The whole record's JSON, as it is answered. */
  document: string
}

/** The row of a document in the resource's own table. */
function rowOf(resource: Resource, document: Document): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).flatMap(([property, value]) => {
      const part = resource.parts[property]
      if (!part) return [[property, value]]
      return part.kind === 'columns' ? Object.entries(part.columns(value)) : []
    }),
  )
}

/**
 * Writes new records with all that belongs to them: one statement a table, however many records, so that they may refer to
 * one another. A document with a key that the registry would make otherwise keeps it.
 * @returns their keys, in the order of the documents.
 */
export async function insertDocuments(
  transaction: Transaction,
  resource: Resource,
  documents: Document[],
): Promise<string[]> {
  if (documents.length === 0) return []
  const rows = documents.map((document) => rowOf(resource, document))
  const keys = await insertRows(transaction.$client, resource.table, rows, resource.key.column)
  for (const [property, part] of Object.entries(resource.parts)) {
    if (part.kind === 'columns') continue
    const owned = documents.map((document, at) => ({ key: String(keys[at]), value: document[property] }))
    await part.insert(transaction, owned)
  }
  return keys
}

/**
 * Makes a record what a document says: its row in any case, other tables' rows where they differ.
 * The caller holds the row's lock.
 */
export async function updateDocument(
  transaction: Transaction,
  resource: Resource,
  key: string,
  before: Document,
  after: Document,
): Promise<void> {
  const { column } = resource.key
  await updateRow(transaction.$client, resource.table, { column, value: key }, rowOf(resource, after))
  for (const [property, part] of Object.entries(resource.parts)) {
    if (part.kind === 'columns' || isDeepStrictEqual(before[property], after[property])) continue
    await part.clear(transaction, key)
    await part.insert(transaction, [{ key, value: after[property] }])
  }
}

/** Removes a record with all that belongs to it. The caller holds the row's lock. */
export async function deleteDocument(
  transaction: Transaction,
  resource: Resource,
  key: string,
): Promise<void> {
  await deleteRows(transaction.$client, resource.table, { column: resource.key.column, value: key })
}

/** A record as it stands, or undefined. */
export async function loadRecord(
  transaction: Transaction,
  resource: Resource,
  key: string,
): Promise<Stored | undefined> {
  const representation = { fields: propertiesOf(resource), include: [] }
  const { rows } = await transaction.$client.query<Stored>(readStatement(resource, key, representation))
  return rows[0]
}

/**
 * Locks a record until the transaction ends.
 * @returns its version, or undefined when there is none. Read the record after this and not with it: rows of other
 * tables would be those of before a wait for the lock.
 */
export async function lockRecord(
  transaction: Transaction,
  resource: Resource,
  key: string,
): Promise<number | undefined> {
  const { rows } = await transaction.$client.query<{ version: number }>(lockStatement(resource, key))
  return rows[0]?.version
}

/** The properties of a record that clients write, out of the whole. */
export function documentOf(resource: Resource, record: Document): Document {
  return Object.fromEntries(
    Object.keys(resource.document.shape).map((property) => [property, record[property]]),
  )
}
