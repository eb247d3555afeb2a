import { sql } from 'drizzle-orm'
import type { DatabaseClient, Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { deleteStatement, writeStatement } from '../../database/rows.ts'
import { records } from '../../database/tables/index.ts'
import { type RecordKey, recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import { Problem } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import {
  type Change,
  type Document,
  documentOf,
  revisionWrite,
  type Update,
  updateDocuments,
} from './documents.ts'
import { explainRefusal, findCycle, problemAt } from './explain.ts'
import { acquireAdvisoryLocks, acquireManyRecordsLock, type LockedRecord, lockRecords } from './locks.ts'
import { findReferences, setAt } from './references.ts'
import { findReferrers } from './referrers.ts'
import { getListTables } from './split.ts'
import { checkDocument, invalidBody } from './validation.ts'

/** The changes of documents and rows in a merge. */

/** Maximum number of referring records in one merge, since all of them are locked. */
export const maxMovedReferrers = 1000

/** The record that is merged, and the one that remains. */
export interface MergedPair {
  resource: Resource
  from: LockedRecord
  into: LockedRecord
  /** The document of `from`. */
  mergedDocument: Document
  /** The document of `into`. */
  remainingDocument: Document
}

/** JSON pointer to the only property of a request that says something about the documents that a merge makes. */
const intoPointer = '/into'

/**
 * Finds why the database refused a merge.
 * @param remaining the new document and the key of the remaining record.
 * @returns a problem with its faults at `/into`, or `error` itself when no cause is found.
 */
export async function explainMergeRefusal(
  database: DatabaseClient,
  resource: Resource,
  error: unknown,
  remaining: { document: Document; key: string },
): Promise<unknown> {
  const cycle = findCycle(error, resource, '; change it first')
  if (cycle)
    return problemAt(intoPointer, invalidBody(resource.noun, [cycle.fault], error), resource, cycle.key)
  const cause = await explainRefusal(database, resource, error, remaining)
  return cause !== error && cause instanceof Problem
    ? problemAt(intoPointer, cause, resource, remaining.key)
    : cause
}

/** Checks a document that a merge makes of a stored one. @throws Problem `invalid-body` with faults at `/into`. */
function checkMerged(resource: Resource, key: string, document: Document, before: Document): Document {
  try {
    return checkDocument(resource, document, before)
  } catch (error) {
    throw error instanceof Problem ? problemAt(intoPointer, error, resource, key) : error
  }
}

const getAt = (target: unknown, step: PropertyKey): unknown =>
  typeof target === 'object' && target !== null ? Reflect.get(target, step) : undefined

/** Returns a list without the items that equal an earlier one. */
const withoutRepetitions = (list: readonly unknown[]): unknown[] => [
  ...new Map(list.map((item) => [JSON.stringify(item), item])).values(),
]

/**
 * Removes from the lists in a value each changed entry that now equals an entry that stays, and that it did not equal before. Of
 * several changed entries that become equal, the first stays. All other entries stay, also equal ones.
 * @param before the former value, with the same entries.
 */
function removeNewRepetitions(before: unknown, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) removeNewRepetitions(getAt(before, name), inner)
  if (!Array.isArray(value)) return
  const entries = value.map((entry: unknown, index) => ({
    entry,
    text: JSON.stringify(entry),
    former: JSON.stringify(getAt(before, index)),
  }))
  // For each entry that stays, its former value. An unchanged entry stays even if a changed one comes earlier.
  const kept = new Map(entries.flatMap(({ text, former }) => (text === former ? [[text, former]] : [])))
  const remaining = entries.filter(({ text, former }) => {
    if (!kept.has(text)) kept.set(text, former)
    return kept.get(text) === former
  })
  if (remaining.length < value.length) value.splice(0, value.length, ...remaining.map(({ entry }) => entry))
}

/**
 * Removes references to the record itself, which a merge can create. A nullable reference becomes null. Otherwise, the list
 * entry that is or has the reference is removed.
 */
function removeReferencesToItself(resource: Resource, document: Document, key: string): void {
  const found = findReferences(resource.document, document).filter(
    (reference) => reference.resource === resource.name && reference.key === key,
  )
  // From the end, so that the indexes in the paths stay valid.
  for (const { path, isNullable } of found.reverse()) {
    // The entry may have been removed for another reference.
    if (path.reduce(getAt, document) !== key) continue
    const entryPath = typeof path.at(-1) === 'number' ? path : path.slice(0, -1)
    const index = entryPath.at(-1)
    const list: unknown = entryPath.slice(0, -1).reduce(getAt, document)
    if (!isNullable && Array.isArray(list) && typeof index === 'number') list.splice(index, 1)
    else setAt(document, path, null)
  }
}

/**
 * Returns a copy of a document in which references to merged records refer to the remaining ones. If entries of a list become
 * equal, one of them stays: the one that did not change, or else the first. Entries that were equal before all stay.
 * @param document need not be valid: values that do not match the schema are not changed.
 * @param mergedInto returns the key of the remaining record; undefined if the record was not merged.
 */
export function moveReferences<T extends Document>(
  owner: Resource,
  document: T,
  mergedInto: (record: RecordKey) => string | undefined,
): T {
  const found = findReferences(owner.document, document).flatMap(({ path, ...record }) => {
    const key = mergedInto(record)
    return key === undefined ? [] : [{ path, key }]
  })
  const moved = structuredClone(document)
  for (const { path, key } of found) setAt(moved, path, key)
  if (found.length > 0) removeNewRepetitions(document, moved)
  return moved
}

/** Returns a document with its references moved from the merged record of a pair to the remaining one. */
const moveToRemaining = (
  owner: Resource,
  document: Document,
  { resource, from, into }: MergedPair,
): Document =>
  moveReferences(owner, document, (record) =>
    record.resource === resource.name && record.key === from.key ? into.key : undefined,
  )

/** Returns the records that refer to the record to merge, up to one more than can be moved. */
async function listReferrers(tx: Transaction, resource: Resource, key: string): Promise<RecordKey[]> {
  const found = await findReferrers(tx, resource, [key], { limit: maxMovedReferrers + 1 })
  return found.get(key) ?? []
}

/**
 * Takes the locks of a merge. It first takes the advisory locks of the two records and of the records that refer to the merged
 * one, before a lock of a row gives the transaction its id: so the merge waits for changes of these records, and its transaction
 * id is higher than theirs. It then locks the row of the merged record in the table of its resource, to which foreign keys point:
 * so the merge waits for other transactions that store a reference to this record, or they wait for the merge. As writers do, it
 * locks the row of the resource's table before the row in `records`.
 */
export async function acquireMergeLocks(
  tx: Transaction,
  resource: Resource,
  { key, into }: { key: string; into: string },
): Promise<void> {
  await acquireManyRecordsLock(tx)
  const pair = [key, into].map((pairKey) => ({ resource: resource.name, key: pairKey }))
  await acquireAdvisoryLocks(tx, [...pair, ...(await listReferrers(tx, resource, key))])
  const id = recordId(resource, key)
  await tx.query(compileSql(sql`select from ${resource.table} where ${resource.id} = ${id}::uuid for update`))
}

/**
 * Moves the references of other records from the merged record to the remaining one.
 * @throws Problem `conflict` if more than `maxMovedReferrers` records refer to the merged record, or `invalid-body` if the new
 * document of a referring record is not valid.
 */
export async function updateReferrers(tx: Transaction, pair: MergedPair, change: Change): Promise<void> {
  const { resource, from, into } = pair
  const referrers = await listReferrers(tx, resource, from.key)
  if (referrers.length > maxMovedReferrers) {
    const detail = `More than ${maxMovedReferrers} records refer to the ${resource.noun} ${from.key}. Merge in the other direction, or change some of them first.`
    throw new Problem('conflict', detail)
  }
  const pause = startSlices()
  for (const owner of resource.registry.resources) {
    const keys = referrers
      .filter((referrer) => referrer.resource === owner.name)
      .map(({ key }) => key)
      // The remaining record is written later, with the properties that it takes over.
      .filter((key) => owner !== resource || key !== into.key)
    const locked = await lockRecords(tx, owner, keys)
    const updates: Update[] = []
    for (const record of locked.values()) {
      const before = documentOf(owner, JSON.parse(record.document))
      const after = checkMerged(owner, record.key, moveToRemaining(owner, before, pair), before)
      updates.push({ locked: record, before, after })
      await pause()
    }
    await updateDocuments(tx, owner, updates, change)
  }
}

/**
 * Writes the revision of the merged record's removal, and deletes the record's lists, so that the remaining record can take over
 * the external ids. The record itself is deleted later (`deleteMerged`).
 */
export async function releaseMerged(
  tx: Transaction,
  { resource, from, into }: MergedPair,
  change: Change,
): Promise<void> {
  const { key, version, document, time, id } = from
  const stored = { key, version: version + 1, document }
  const removal: Change = { ...change, kind: 'remove', mergedInto: into.key }
  await tx.query(writeStatement([revisionWrite(resource, [stored], removal, time)]))
  const tables = getListTables(resource)
  if (tables.length > 0) await tx.query(deleteStatement(tables, [id]))
}

/**
 * Deletes the merged record, to which no record refers any more. Its row in `records` stays without its document and refers to
 * the remaining record. The rows of records that had earlier been merged into the deleted record then refer to the remaining
 * one, too.
 */
export async function deleteMerged(tx: Transaction, { resource, from, into }: MergedPair): Promise<void> {
  const { time, id } = from
  await tx.query(deleteStatement([{ table: resource.table, recordId: resource.id }], [id]))
  await tx.query(
    compileSql(sql`update ${records} set merged_into = ${into.id}::uuid, document = null,
      version = version + (id = ${id}::uuid)::int,
      updated_at = case when id = ${id}::uuid then ${time}::timestamptz else updated_at end
      where id = ${id}::uuid or merged_into = ${id}::uuid`),
  )
}

/** Returns the union of two lists, without duplicates. */
const union = (list: unknown, otherList: unknown): unknown[] =>
  withoutRepetitions([list, otherList].flatMap((each) => (Array.isArray(each) ? each : [])))

/** Returns the aliases of the remaining record: those of both records, and the other names of the merged one. */
function mergeAliases(
  { resource, mergedDocument, remainingDocument }: MergedPair,
  property: string,
): unknown[] {
  const all = union(remainingDocument[property], mergedDocument[property])
  const named = new Set(
    all.filter((alias) => getAt(alias, 'language') !== null).map((alias) => getAt(alias, 'name')),
  )
  // An alias in an unknown language adds nothing to one with the same name in a known language.
  const listed = all.filter((alias) => getAt(alias, 'language') !== null || !named.has(getAt(alias, 'name')))
  const { title, otherName } = resource.registry.declaration(resource.name).search
  const names = [title, ...(otherName === undefined ? [] : [otherName])]
  // Aliases may have the same name in several languages, but a title, whose language is unknown, adds nothing to them.
  const known = new Set([
    ...names.map((name) => remainingDocument[name]),
    ...listed.map((alias) => getAt(alias, 'name')),
  ])
  const former = [...new Set(names.map((name) => mergedDocument[name]))]
    .filter((name) => typeof name === 'string' && !known.has(name))
    .map((name) => ({ name, language: null }))
    // A name may be longer than an alias.
    .filter((alias) => resource.document.shape[property]?.safeParse([alias]).success)
  return [...listed, ...former]
}

/**
 * Returns the document of the remaining record, with the external ids of the merged one, and with its names as aliases.
 * @throws Problem `invalid-body` if this document is not valid, such as with too many aliases.
 */
export function mergeDocuments(pair: MergedPair): Document {
  const { resource, into, mergedDocument, remainingDocument: before } = pair
  const after = moveToRemaining(resource, before, pair)
  removeReferencesToItself(resource, after, into.key)
  if (resource.boundFields.externalIds)
    after.externalIds = union(before.externalIds, mergedDocument.externalIds)
  for (const [property, { field }] of Object.entries(resource.boundFields))
    if (field.capability?.kind === 'aliases') after[property] = mergeAliases(pair, property)
  return checkMerged(resource, into.key, after, before)
}
