import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { records } from '../../database/tables/records.ts'
import { rfc3339, shapeLiteral, shapeOf } from '../../model/document.ts'
import { formatRecordKey, type RecordKey, recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import { readStatement } from '../../query/list-sql.ts'
import { wholeRepresentation } from '../../query/representation.ts'
import { placeholder, statement } from '../../query/statement.ts'
import { writeDatabaseRevisions } from './database-revisions.ts'

/** Locks of records, and the time that all changes of a transaction share. */

/** SQL that tells the triggers that the service itself sets versions, timestamps and documents in this transaction. */
export const markAsService = sql`set_config('entente.writer', 'service', true)`

/** A record that is locked until the transaction ends. */
export interface LockedRecord {
  id: string
  key: string
  version: number
  createdAt: string
  /** The record's JSON. */
  document: string
  /** The time of the transaction's changes, RFC 3339: later than the record's last change. */
  time: string
}

/**
 * Starts a write of records: returns the time of the transaction's changes, ids for records with generated keys, and the
 * next version of each given key.
 * @param givenKeys keys of new records, and of records that were removed before. The versions of a removed record continue.
 * @param idCount number of ids to generate.
 */
export async function startWrite(
  tx: Transaction,
  resource: Resource,
  givenKeys: string[],
  idCount: number,
): Promise<{ time: string; ids: string[]; nextVersions: Map<string, number> }> {
  const build = () => sql`with given as materialized (
      select given.key, coalesce(last.version, 0) + 1 as version, last."time"
      from unnest(${placeholder('givenKeys')}::text[]) as given(key) left join lateral (
        select version, "time" from revisions
        where revisions.resource = ${placeholder('resource')} and revisions.key = given.key order by version desc limit 1
      ) last on true
    )
    select ${rfc3339(sql`change_time((select max("time") from given))`)} as time, ${markAsService},
      array(select uuid_v7()::text from generate_series(1, ${placeholder('idCount')}::int)) as ids,
      array(select key from given) as keys, array(select version from given) as versions`
  const [row] = await tx.query<{ time: string; ids: string[]; keys: string[]; versions: number[] }>(
    statement('start write', build, { givenKeys, resource: resource.name, idCount }),
  )
  if (!row) throw new Error('the start of a write returned no row')
  const nextVersions = new Map(row.keys.map((key, index) => [key, row.versions[index] ?? 1]))
  return { time: row.time, ids: row.ids, nextVersions }
}

interface LockedRow extends Omit<LockedRecord, 'document'> {
  document: string | null
  /** Whether the last write of the record bypassed the service, so that the revision must still be written. */
  isUnrecorded: boolean
}

/** Returns the columns of a locked record. They are read from the locked rows, so the time is taken after the lock. */
const lockedColumns = (
  resource: Resource,
) => sql`id::text, key, version, ${rfc3339(sql`created_at`)} as "createdAt",
  case when shape = ${shapeLiteral(resource)} then document end as document, shape is null as "isUnrecorded",
  ${rfc3339(sql`change_time((select max(updated_at) from locked))`)} as time, ${markAsService}`

/**
 * Returns locked records with documents. Documents of another shape are composed; the lock prevents concurrent changes. For
 * records whose last write bypassed the service, the revision is written. A row of `records` is left out if the table of the
 * resource has no row for it.
 */
async function withDocuments(
  tx: Transaction,
  resource: Resource,
  rows: LockedRow[],
): Promise<Map<string, LockedRecord>> {
  const stale = rows.filter(({ document }) => document === null).map(({ key }) => key)
  const composed = new Map<string, string>()
  if (stale.length > 0) {
    const found = await tx.query<{ key: string; document: string }>(
      readStatement(resource, stale, wholeRepresentation(resource), { compose: true }),
    )
    for (const { key, document } of found) composed.set(key, document)
  }
  const locked = rows.flatMap((row) => {
    const document = row.document ?? composed.get(row.key)
    return document === undefined ? [] : [{ ...row, document }]
  })
  await writeDatabaseRevisions(
    tx,
    locked.filter(({ isUnrecorded }) => isUnrecorded),
  )
  return new Map(locked.map((row) => [row.key, row]))
}

/**
 * Locks a record until the transaction ends. If its last write bypassed the service, composes its document and writes its revision.
 *
 * An advisory lock comes first, since a lock on a row would assign the transaction's id. So transaction ids, by which the
 * feed of changes is ordered, are assigned in the order in which the record is changed.
 * @returns the locked record; undefined when there is none.
 */
export async function lockRecord(
  tx: Transaction,
  resource: Resource,
  key: string,
): Promise<LockedRecord | undefined> {
  const build = () => sql`with advisory as materialized (
      select pg_advisory_xact_lock(hashtextextended(${placeholder('lockName')}, 0))
    ), locked as materialized (
      select ${records}.* from advisory, ${records}
      where ${records.id} = ${placeholder('id')}::uuid and ${records.resource} = ${placeholder('resource')} and ${records.mergedInto} is null
      for update of ${records}
    ) select ${lockedColumns(resource)} from locked`
  const lock = () =>
    tx.query<LockedRow>(
      statement(`lock|${resource.name}|${shapeOf(resource)}`, build, {
        id: recordId(resource, key),
        resource: resource.name,
        lockName: formatRecordKey({ resource: resource.name, key }),
      }),
    )
  const rows = await lock()
  // The statement does not see a record that was created while it waited for the advisory lock.
  const locked = await withDocuments(tx, resource, rows.length > 0 ? rows : await lock())
  return locked.get(key)
}

/**
 * Waits until no other transaction locks several records, and makes such transactions wait until this one ends. Without this
 * lock, two transactions could deadlock, and many together could exceed the number of locks that PostgreSQL can hold.
 */
export async function acquireManyRecordsLock(tx: Transaction): Promise<void> {
  const build = () => sql`select pg_advisory_xact_lock(hashtextextended('many records', 0))`
  await tx.query(statement('lock many', build, {}))
}

/**
 * Takes the advisory locks of records until the transaction ends, after the lock of `acquireManyRecordsLock`. The locks are taken
 * in the order of the locks' names. The records need not exist. A transaction that locks records of several resources first takes
 * the advisory locks of all of them: the row locks of `lockRecords` assign the transaction's id.
 */
export async function acquireAdvisoryLocks(tx: Transaction, recordKeys: RecordKey[]): Promise<void> {
  if (recordKeys.length === 0) return
  await acquireManyRecordsLock(tx)
  const names = recordKeys.map(formatRecordKey).sort()
  const build = () => sql`select pg_advisory_xact_lock(hashtextextended(lock_name, 0))
    from unnest(${placeholder('names')}::text[]) as lock_name`
  await tx.query(statement('advisory locks', build, { names }))
}

/**
 * Takes the advisory locks of records, then locks their rows. All these locks end with the transaction.
 * @returns the records that exist, by key.
 */
export async function lockRecords(
  tx: Transaction,
  resource: Resource,
  keys: string[],
): Promise<Map<string, LockedRecord>> {
  if (keys.length === 0) return new Map()
  const distinct = [...new Set(keys)]
  const lockRows = () => sql`with locked as materialized (
      select * from ${records}
      where ${records.id} = any(${placeholder('ids')}::uuid[]) and ${records.resource} = ${placeholder('resource')} and ${records.mergedInto} is null
      for update
    ) select ${lockedColumns(resource)} from locked`
  await acquireAdvisoryLocks(
    tx,
    distinct.map((key) => ({ resource: resource.name, key })),
  )
  const locked = await tx.query<LockedRow>(
    statement(`lock all|${resource.name}|${shapeOf(resource)}`, lockRows, {
      ids: distinct.map((key) => recordId(resource, key)),
      resource: resource.name,
    }),
  )
  return withDocuments(tx, resource, locked)
}
