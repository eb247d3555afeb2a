import { isDeepStrictEqual } from 'node:util'
import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '../../database/client.ts'
import { wholeDocumentJson } from '../../query/document.ts'
import type { Resource } from '../../resources/resource.ts'

/** A record's document as clients write it, checked and with every property in place. */
export type Document = Record<string, unknown>

/** A record as it stands in the database. */
export interface Stored {
  version: number
  /** The whole record's JSON, as it is answered. */
  text: string
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

/** Characters of JSON whose rows are written with one statement, which can have 65,535 values. */
const statementSize = 100_000

/** Values in groups of a bounded size, in their order. */
function inGroups<Value>(values: Value[]): Value[][] {
  const groups: Value[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const value of values) {
    size += JSON.stringify(value).length
    if (size > statementSize) {
      groups.push([])
      size = JSON.stringify(value).length
    }
    groups.at(-1)?.push(value)
  }
  return groups
}

/**
 * Writes new records with all that belongs to them: one statement for their rows, so that they may refer to one another,
 * and few for what they own. A document with a key that the registry would make otherwise keeps it.
 * @returns their keys, in the order of the documents.
 */
export async function insertDocuments(
  transaction: Transaction,
  resource: Resource,
  documents: Document[],
): Promise<string[]> {
  if (documents.length === 0) return []
  const inserted = await transaction
    .insert(resource.table)
    .values(documents.map((document) => rowOf(resource, document)))
    .returning({ key: sql<string>`${resource.key.column}` })
  const keys = inserted.map(({ key }) => key)
  for (const [property, part] of Object.entries(resource.parts)) {
    if (part.kind === 'columns') continue
    const owned = documents.map((document, at) => ({ key: String(keys[at]), value: document[property] }))
    for (const group of inGroups(owned)) await part.insert(transaction, group)
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
  await transaction.update(resource.table).set(rowOf(resource, after)).where(eq(resource.key.column, key))
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
  await transaction.delete(resource.table).where(eq(resource.key.column, key))
}

/** A record as it stands, or undefined. */
export async function loadRecord(
  transaction: Transaction,
  resource: Resource,
  key: string,
): Promise<Stored | undefined> {
  const [stored] = await transaction
    .select({
      version: sql<number>`${resource.table.version}`,
      text: sql<string>`${wholeDocumentJson(resource)}::text`,
    })
    .from(resource.table)
    .where(eq(resource.key.column, key))
  return stored
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
  const [row] = await transaction
    .select({ version: sql<number>`${resource.table.version}` })
    .from(resource.table)
    .where(eq(resource.key.column, key))
    .for('update')
  return row?.version
}

/** The properties of a record that clients write, out of the whole. */
export function documentOf(resource: Resource, record: Document): Document {
  return Object.fromEntries(
    Object.keys(resource.document.shape).map((property) => [property, record[property]]),
  )
}
