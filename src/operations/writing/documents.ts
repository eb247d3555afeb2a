import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/database.ts'
import { deleteRows, insertRows, updateRow, updateRows } from '../../database/rows.ts'
import { propertiesOf } from '../../query/document.ts'
import type { Representation } from '../../query/representation.ts'
import { lockAllStatement, lockStatement } from '../../query/sql.ts'
import type { Resource } from '../../resources/resource.ts'
import { findRecords, type Stored } from '../records.ts'

/** A record's document as clients write it, checked and with every property in place. */
export type Document = Record<string, unknown>

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
  const keys = await insertRows(transaction, resource.table, rows, resource.key.column)
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
  await updateRow(transaction, resource.table, { column, value: key }, rowOf(resource, after))
  for (const [property, part] of Object.entries(resource.parts)) {
    if (part.kind === 'columns' || isDeepStrictEqual(before[property], after[property])) continue
    await part.clear(transaction, [key])
    await part.insert(transaction, [{ key, value: after[property] }])
  }
}

/** What a record is to become, and what it is. */
export interface Update {
  key: string
  before: Document
  after: Document
}

/** The same for many records, one statement a table. The caller holds the rows' locks. */
export async function updateDocuments(
  transaction: Transaction,
  resource: Resource,
  updates: Update[],
): Promise<void> {
  const rows = updates.map(({ key, after }) => ({ key, row: rowOf(resource, after) }))
  await updateRows(transaction, resource.table, resource.key.column, rows)
  for (const [property, part] of Object.entries(resource.parts)) {
    if (part.kind === 'columns') continue
    const differing = updates.filter(
      ({ before, after }) => !isDeepStrictEqual(before[property], after[property]),
    )
    if (differing.length === 0) continue
    await part.clear(
      transaction,
      differing.map(({ key }) => key),
    )
    await part.insert(
      transaction,
      differing.map(({ key, after }) => ({ key, value: after[property] })),
    )
  }
}

/** Removes records with all that belongs to them, although they refer to one another. The caller holds the rows' locks. */
export async function deleteDocuments(
  transaction: Transaction,
  resource: Resource,
  keys: string[],
): Promise<void> {
  // PostgreSQL checks that nothing refers to one row before it has removed what belongs to the next.
  if (keys.length > 1)
    for (const part of Object.values(resource.parts))
      if (part.kind === 'rows') await part.clear(transaction, keys)
  await deleteRows(transaction, resource.table, { column: resource.key.column, values: keys })
}

const whole = (resource: Resource): Representation => ({ fields: propertiesOf(resource), include: [] })

/** A record as it stands, or undefined. */
export async function loadRecord(
  transaction: Transaction,
  resource: Resource,
  key: string,
): Promise<Stored | undefined> {
  const found = await findRecords(transaction, resource, [key], whole(resource))
  return found.get(key)
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
  const rows = await transaction.query<{ version: number }>(lockStatement(resource, key))
  return rows[0]?.version
}

/**
 * Locks records until the transaction ends, and reads them.
 * @returns those that are there, by their keys.
 */
export async function lockRecords(
  transaction: Transaction,
  resource: Resource,
  keys: string[],
): Promise<Map<string, Stored>> {
  if (keys.length === 0) return new Map()
  for (const statement of lockAllStatement(resource, keys)) await transaction.query(statement)
  return findRecords(transaction, resource, keys, whole(resource))
}

/** The properties of a record that clients write, out of the whole. */
export function documentOf(resource: Resource, record: Document): Document {
  return Object.fromEntries(
    Object.keys(resource.document.shape).map((property) => [property, record[property]]),
  )
}
