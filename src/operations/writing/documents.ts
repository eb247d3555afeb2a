import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/database.ts'
import { deleteStatement, type TableWrite, writeStatement } from '../../database/rows.ts'
import { records, revisions } from '../../database/tables/index.ts'
import type { Authorship } from '../../database/tables/revisions.ts'
import { recordId } from '../../model/keys.ts'
import { type Resource, withCurrentNames } from '../../model/resource.ts'
import type { ChangeKind } from '../../query/revisions.ts'
import { type Locked, startWrite } from './locks.ts'
import {
  type ComposedRecord,
  insertOf,
  newRecordProperties,
  ownRow,
  partRows,
  recordRows,
  type WrittenRecord,
  withComposed,
} from './split.ts'

/** A record's document as clients write it, validated and with every property. */
export type Document = Record<string, unknown>

/** A record as it is stored. */
export interface Stored {
  key: string
  version: number
  /** The record's JSON, as in responses. */
  document: string
}

/** The operation of a change in the history, and its author. */
export interface Change {
  kind: ChangeKind
  authorship: Authorship
  /** Of a redaction: the hash of the content that it has left in each version that it has changed. */
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

/** The insert of revisions. The documents are JSON text, which is passed on as it is. */
export function revisionWrite(
  resource: Resource,
  stored: Stored[],
  { kind, authorship, redactions, mergedInto }: Change,
  time: string,
): TableWrite {
  const rows = stored.map(({ key, version, document }) => {
    const { actor, requestId, reason } = authorship
    const entry = {
      resource: resource.name,
      key,
      version,
      operation: kind,
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

const toStored = ({ key, version, composed: document }: ComposedRecord): Stored => ({
  key,
  version,
  document,
})

/**
 * Writes new records with all that belongs to them, and their revisions, by one statement: so they may refer to one
 * another. A document with a key that the registry would make otherwise keeps it.
 * @param createdAt when each was first made, for records that come back; now when left out.
 * @returns how they stand, in the order of the documents.
 * @throws what PostgreSQL refuses.
 */
export async function insertDocuments(
  tx: Transaction,
  resource: Resource,
  documents: Document[],
  change: Change,
  createdAt?: string,
): Promise<Stored[]> {
  if (documents.length === 0) return []
  const { property } = resource.key
  const given = documents.map((document) => document[property])
  const known = given.filter((key): key is string => typeof key === 'string')
  const { time, ids, versions } = await startWrite(tx, resource, known, documents.length - known.length)
  let used = 0
  const made = documents.map((document, index): WrittenRecord => {
    const own = given[index]
    const key = typeof own === 'string' ? own : (ids[used++] ?? '')
    return {
      id: recordId(resource, key),
      key,
      version: versions.get(key) ?? 1,
      createdAt: createdAt ?? time,
      updatedAt: time,
      document,
    }
  })
  const written = withComposed(resource, made)
  const stored = written.map(toStored)
  await tx.query(
    writeStatement([
      {
        kind: 'insert',
        table: records,
        properties: newRecordProperties,
        rows: recordRows(resource, written),
      },
      insertOf({ table: resource.table, rows: written.map((record) => ownRow(resource, record)) }),
      ...partRows(resource, written).map(insertOf),
      revisionWrite(resource, stored, change, time),
    ]),
  )
  return stored
}

/** A locked record with its current and its new document. */
export interface Update {
  locked: Locked
  before: Document
  after: Document
}

/** Whether the resource's own table has a property, or columns that are made from it. */
const isColumn = (resource: Resource, property: string) =>
  resource.bound[property]?.field.columns !== undefined

/** The properties that differ between the documents of an update. */
const changedProperties = ({ before, after }: Update): string[] =>
  Object.keys(after).filter((property) => !isDeepStrictEqual(before[property], after[property]))

/**
 * Writes the new documents of locked records, and their revisions. It writes only the rows of which a property differs.
 * @returns the stored records, in the order of the updates.
 * @throws what PostgreSQL refuses.
 */
export async function updateDocuments(
  tx: Transaction,
  resource: Resource,
  updates: Update[],
  change: Change,
): Promise<Stored[]> {
  if (updates.length === 0) return []
  const changes = updates.map((update) => {
    const { id, key, version, createdAt, time } = update.locked
    const record = { id, key, version: version + 1, createdAt, updatedAt: time, document: update.after }
    return { record, properties: changedProperties(update) }
  })
  const written = withComposed(
    resource,
    changes.map(({ record }) => record),
  )
  const stored = written.map(toStored)
  const own = changes.filter(({ properties }) => properties.some((property) => isColumn(resource, property)))
  const parts = Object.keys(resource.bound).flatMap((property) => {
    const differing = changes.filter(({ properties }) => properties.includes(property))
    const rows = resource.bound[property]?.rows
    return rows && differing.length > 0 ? [{ property, rows, differing }] : []
  })
  for (const { rows, differing } of parts) {
    await tx.query(
      deleteStatement(
        rows.tables,
        differing.map(({ record }) => record.id),
      ),
    )
  }
  const ownRows = own.map(({ record }) => ({ ...ownRow(resource, record), id: record.id }))
  await tx.query(
    writeStatement([
      {
        kind: 'update',
        table: records,
        properties: ['id', 'version', 'document', 'shape', 'visibility', 'updatedAt'],
        rows: recordRows(resource, written),
      },
      ...(ownRows.length > 0
        ? [{ ...insertOf({ table: resource.table, rows: ownRows }), kind: 'update' as const }]
        : []),
      ...parts
        .flatMap(({ property, differing }) =>
          partRows(
            resource,
            differing.map(({ record }) => record),
            [property],
          ),
        )
        .map(insertOf),
      revisionWrite(resource, stored, change, written.at(-1)?.updatedAt ?? ''),
    ]),
  )
  return stored
}

/**
 * Removes locked records with their lists, and writes their revisions. The records may refer to one another.
 * @returns the versions of the removals, in the order of the records.
 * @throws what PostgreSQL refuses.
 */
export async function deleteDocuments(
  tx: Transaction,
  resource: Resource,
  removed: Locked[],
  authorship: Authorship,
): Promise<number[]> {
  if (removed.length === 0) return []
  const ids = removed.map(({ id }) => id)
  const stored = removed.map(({ key, version, document }) => ({ key, version: version + 1, document }))
  const change: Change = { kind: 'remove', authorship }
  await tx.query(writeStatement([revisionWrite(resource, stored, change, removed.at(-1)?.time ?? '')]))
  // A foreign key is checked when the first record is deleted, before the rows of the next one are. So those go first.
  const parts = Object.values(resource.bound).flatMap(({ rows }) => rows?.tables ?? [])
  if (removed.length > 1 && parts.length > 0) await tx.query(deleteStatement(parts, ids))
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
