import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { deleteStatement, type RecordRows, type TableWrite, writeStatement } from '../../database/rows.ts'
import { records, revisions } from '../../database/tables/index.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { recordId } from '../../model/keys.ts'
import { type Resource, withCurrentNames } from '../../model/resource.ts'
import { Problem } from '../../problems/problem.ts'
import type { ChangeKind } from '../../query/revisions.ts'
import { placeholder, statement } from '../../query/statement.ts'
import { type LockedRecord, startWrite } from './locks.ts'
import { releaseUniqueValues } from './released-values.ts'
import {
  type ComposedRecord,
  composeRecords,
  getListTables,
  newRecordProperties,
  type RecordToWrite,
  recordRowsJson,
  toInsert,
  toListRows,
  toResourceRow,
} from './split.ts'

/**
 * A parsed document: a JSON object. Usually, it has only the properties of a record that clients write (`documentOf`), without
 * version and timestamps.
 */
export type Document = Record<string, unknown>

/** A record as it is stored. */
export interface StoredRecord {
  key: string
  version: number
  /** The whole record as JSON text, as in responses: also with version and timestamps. */
  document: string
}

/** What the history stores about a change: the operation, and the actor, request id and reason. */
export interface Change {
  /** The kind of all changes, or of each one in the order of the records. */
  kind: ChangeKind | readonly ChangeKind[]
  authorship: Authorship
  /** Of a redaction: the new content hash of each version that it has changed. */
  redactions?: Record<string, string>
  /** Of a removal: key of the record that the removed one was merged into. */
  mergedInto?: string
}

const revisionProperties = [
  'resource',
  'key',
  'version',
  'operation',
  'document',
  'actor',
  'time',
  'requestId',
  'reason',
]

/**
 * Returns the insert of revisions. The documents are JSON text, which is passed on unchanged.
 * @param stored the records with their new versions, or with the versions of their removals.
 * @param time the time of the change, in RFC 3339.
 */
export function revisionWrite(
  resource: Resource,
  stored: StoredRecord[],
  { kind, authorship, redactions, mergedInto }: Change,
  time: string,
): TableWrite {
  const rows = stored.map(({ key, version, document }, index) => {
    const { actor, requestId, reason } = authorship
    const entry = {
      resource: resource.name,
      key,
      version,
      operation: typeof kind === 'string' ? kind : kind[index],
      actor,
      time,
      requestId,
      reason,
      redactions,
      mergedInto,
    }
    return `${JSON.stringify(entry).slice(0, -1)},"document":${document}}`
  })
  const properties = [
    ...revisionProperties,
    ...(redactions ? ['redactions'] : []),
    ...(mergedInto === undefined ? [] : ['mergedInto']),
  ]
  return { kind: 'insert', table: revisions, properties, rows: `[${rows.join()}]` }
}

const toStoredRecord = ({ key, version, composed: document }: ComposedRecord): StoredRecord => ({
  key,
  version,
  document,
})

/**
 * Writes new records with the rows of their lists and their revisions in one statement, so that they may refer to one
 * another. A document that already has a generated key, such as one from an export, keeps this key.
 * @param createdAt when restored records were first created; the time of the change when left out.
 * @returns the stored records, in the order of the documents.
 * @throws the database error when PostgreSQL refuses the write.
 */
export async function insertDocuments(
  tx: Transaction,
  resource: Resource,
  documents: Document[],
  change: Change,
  createdAt?: string,
): Promise<StoredRecord[]> {
  if (documents.length === 0) return []
  const { property } = resource.key
  const given = documents.map((document) => document[property])
  const known = given.filter((key): key is string => typeof key === 'string')
  const { time, ids, nextVersions } = await startWrite(tx, resource, known, documents.length - known.length)
  let usedIds = 0
  const newRecords = documents.map((document, index): RecordToWrite => {
    const givenKey = given[index]
    const key = typeof givenKey === 'string' ? givenKey : (ids[usedIds++] ?? '')
    return {
      id: recordId(resource, key),
      key,
      version: nextVersions.get(key) ?? 1,
      createdAt: createdAt ?? time,
      updatedAt: time,
      document,
    }
  })
  const written = composeRecords(resource, newRecords)
  const stored = written.map(toStoredRecord)
  await tx.query(
    writeStatement([
      {
        kind: 'insert',
        table: records,
        properties: newRecordProperties,
        rows: recordRowsJson(resource, written),
      },
      toInsert({ table: resource.table, rows: written.map((record) => toResourceRow(resource, record)) }),
      ...toListRows(resource, written).map(toInsert),
      revisionWrite(resource, stored, change, time),
    ]),
  )
  if (known.length > 0 && resource.key.assignedBy === 'registry') await requireOwnIds(tx, resource, known)
  return stored
}

/**
 * Checks that no record of another resource had the ids that the client has chosen for new records. It is called after the write, so
 * that it sees a removal that ran at the same time.
 * @throws the database error if one had.
 */
async function requireOwnIds(tx: Transaction, { name }: Resource, ids: string[]): Promise<void> {
  const build = () => sql`select require_own_ids(${placeholder('ids')}::uuid[], ${placeholder('resource')})`
  await tx.query(statement('own ids', build, { ids, resource: name }))
}

/**
 * Writes one new record, like `insertDocuments`.
 * @returns the stored record.
 * @throws the database error when PostgreSQL refuses the write.
 */
export async function insertDocument(
  tx: Transaction,
  resource: Resource,
  document: Document,
  change: Change,
  createdAt?: string,
): Promise<StoredRecord> {
  const [stored] = await insertDocuments(tx, resource, [document], change, createdAt)
  if (!stored) throw new Problem('internal', `The ${resource.noun} was not written.`)
  return stored
}

/** A locked record with its current and its new document. */
export interface Update {
  locked: LockedRecord
  before: Document
  after: Document
}

/** Whether the table of the resource has columns for a property. */
const hasColumns = (resource: Resource, property: string) =>
  resource.boundFields[property]?.field.columns !== undefined

/** Returns the properties of a document that differ from those of the document before it. */
export const changedProperties = (before: Document, after: Document): string[] =>
  Object.keys(after).filter((property) => !isDeepStrictEqual(before[property], after[property]))

/** An update with the record to write and the properties that differ. */
interface ChangedRecord {
  record: RecordToWrite
  update: Update
  properties: string[]
}

const toChangedRecord = (update: Update): ChangedRecord => {
  const { id, key, version, createdAt, time } = update.locked
  const record = { id, key, version: version + 1, createdAt, updatedAt: time, document: update.after }
  return { record, update, properties: changedProperties(update.before, update.after) }
}

/** A list property that has changed in some records. */
interface ChangedList {
  property: string
  tables: RecordRows[]
  /** The records in which the list has changed. */
  changedRecords: RecordToWrite[]
}

const findChangedLists = (resource: Resource, changes: readonly ChangedRecord[]): ChangedList[] =>
  Object.entries(resource.boundFields).flatMap(([property, { rows }]) => {
    const changedRecords = changes
      .filter(({ properties }) => properties.includes(property))
      .map(({ record }) => record)
    return rows && changedRecords.length > 0 ? [{ property, tables: rows.tables, changedRecords }] : []
  })

/**
 * Writes the new documents of locked records, and their revisions. The row in the table of the resource is written only if
 * one of its properties has changed, and the rows of a list only if the list has changed.
 * @returns the stored records, in the order of the updates.
 * @throws the database error when PostgreSQL refuses the write.
 */
export async function updateDocuments(
  tx: Transaction,
  resource: Resource,
  updates: Update[],
  change: Change,
): Promise<StoredRecord[]> {
  if (updates.length === 0) return []
  const changes = updates.map(toChangedRecord)
  const written = composeRecords(
    resource,
    changes.map(({ record }) => record),
  )
  const stored = written.map(toStoredRecord)
  const tableChanges = changes.filter(({ properties }) =>
    properties.some((property) => hasColumns(resource, property)),
  )
  const changedLists = findChangedLists(resource, changes)
  for (const { tables, changedRecords } of changedLists) {
    const ids = changedRecords.map(({ id }) => id)
    await tx.query(deleteStatement(tables, ids))
  }
  const changedRows = tableChanges.map(({ update: { locked, before, after } }) => ({
    id: locked.id,
    before,
    after,
  }))
  for (const release of releaseUniqueValues(resource, changedRows)) await tx.query(writeStatement([release]))
  const resourceRows = tableChanges.map(({ record }) => ({
    ...toResourceRow(resource, record),
    id: record.id,
  }))
  await tx.query(
    writeStatement([
      {
        kind: 'update',
        table: records,
        properties: ['id', 'version', 'document', 'shape', 'visibility', 'updatedAt'],
        rows: recordRowsJson(resource, written),
      },
      ...(resourceRows.length > 0
        ? [{ ...toInsert({ table: resource.table, rows: resourceRows }), kind: 'update' as const }]
        : []),
      ...changedLists
        .flatMap(({ property, changedRecords }) => toListRows(resource, changedRecords, [property]))
        .map(toInsert),
      // All records have the same time: that of the transaction (`change_time()`).
      revisionWrite(resource, stored, change, written.at(-1)?.updatedAt ?? ''),
    ]),
  )
  return stored
}

/**
 * Removes locked records with their lists, and writes their revisions. The records may refer to one another.
 * @returns the versions of the removals, in the order of the records.
 * @throws the database error when PostgreSQL refuses the write.
 */
export async function deleteDocuments(
  tx: Transaction,
  resource: Resource,
  removed: LockedRecord[],
  authorship: Authorship,
): Promise<number[]> {
  if (removed.length === 0) return []
  const ids = removed.map(({ id }) => id)
  const stored = removed.map(({ key, version, document }) => ({ key, version: version + 1, document }))
  const change: Change = { kind: 'remove', authorship }
  // All records have the same time: that of the transaction (`change_time()`).
  await tx.query(writeStatement([revisionWrite(resource, stored, change, removed.at(-1)?.time ?? '')]))
  // Deleting a row of `records` also deletes the lists of this record (cascade). With several records, all lists are deleted
  // before: a list of one record may refer to another one, and PostgreSQL would refuse to delete that one first.
  const tables = getListTables(resource)
  if (removed.length > 1 && tables.length > 0) await tx.query(deleteStatement(tables, ids))
  await tx.query(deleteStatement([{ table: records, recordId: records.id }], ids))
  return stored.map(({ version }) => version)
}

/** Returns the properties of a record, or of a revision of it, that clients write. */
export function documentOf(resource: Resource, record: Document): Document {
  const current = withCurrentNames(resource, record)
  return Object.fromEntries(
    Object.keys(resource.document.shape).map((property) => [property, current[property]]),
  )
}
