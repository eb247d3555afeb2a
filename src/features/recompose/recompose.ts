import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { writeStatement } from '../../database/rows.ts'
import { records } from '../../database/tables/records.ts'
import { shapeLiteral, shapeOf } from '../../model/document.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { lockRecord, markAsService } from '../../operations/writing/locks.ts'
import { readStatement, wholeRepresentation } from '../../query/list-sql.ts'
import { placeholder, statement } from '../../query/statement.ts'

/**
 * Composes stored documents again: documents of another shape, which another version of the service has stored, and
 * documents of records whose last write bypassed the service. Until then they are composed at each read.
 */

/** Number of records in one transaction. */
const batchSize = 200

/** Statement after which updates of the transaction write no history and announce no change: they change no content. */
const withoutHistory = compileSql(sql`select ${markAsService}, set_config('entente.versioning', 'off', true)`)

/** SQL condition that a row of `records` has a document of another shape, in a form that reads two ranges of an index. */
const isStale = (resource: Resource): SQL =>
  sql`${records.resource} = ${sql.raw(`'${resource.name}'`)} and ${records.mergedInto} is null and (${records.shape} < ${shapeLiteral(resource)} or ${records.shape} > ${shapeLiteral(resource)})`

/** Composes a batch of documents of another shape and stores them. @returns the number of documents. */
async function recomposeBatch(tx: Transaction, resource: Resource): Promise<number> {
  await tx.query(withoutHistory)
  const stale = sql`select ${records.key} as key from ${records} where ${isStale(resource)}
    limit ${placeholder('limit')}::int for update skip locked`
  const found = await tx.query<{ key: string }>(
    statement(`stale|${resource.name}|${shapeOf(resource)}`, () => stale, { limit: batchSize }),
  )
  if (found.length === 0) return 0
  const keys = found.map(({ key }) => key)
  const composed = await tx.query<{ id: string; document: string }>(
    readStatement(resource, keys, wholeRepresentation(resource), { compose: true }),
  )
  const rows = composed.map(
    ({ id, document }) => `{"id":"${id}","shape":"${shapeOf(resource)}","document":${document}}`,
  )
  const properties = ['id', 'shape', 'document']
  await tx.query(writeStatement([{ kind: 'update', table: records, properties, rows: `[${rows.join()}]` }]))
  return composed.length
}

/** Returns the keys of up to `batchSize` records whose last write bypassed the service. */
async function changedKeys(database: Database, resource: Resource): Promise<string[]> {
  const changed = sql`select ${records.key} as key from ${records}
    where ${records.shape} is null and ${records.mergedInto} is null and ${records.resource} = ${placeholder('resource')} limit ${placeholder('limit')}::int`
  const rows = await database.read<{ key: string }>(
    statement('uncomposed', () => changed, { resource: resource.name, limit: batchSize }),
  )
  return rows.map(({ key }) => key)
}

/**
 * Composes a record whose last write bypassed the service. `lockRecord` writes the revision. Nothing happens if another
 * process has already composed the record.
 */
async function recomposeChanged(tx: Transaction, resource: Resource, key: string): Promise<void> {
  await tx.query(withoutHistory)
  const locked = await lockRecord(tx, resource, key)
  const id = recordId(resource, key)
  if (!locked) {
    // An insert with ON CONFLICT can leave a row of `records` without a row in the table of the resource.
    const remove =
      () => sql`delete from ${records} where ${records.id} = ${placeholder('id')}::uuid and shape is null
      and not exists (select from ${resource.table} where ${resource.id} = ${records.id})`
    await tx.query(statement(`remove without record|${resource.name}`, remove, { id }))
    return
  }
  const store =
    () => sql`update ${records} set document = ${placeholder('document')}::text, shape = ${placeholder('shape')}::text
    where id = ${placeholder('id')}::uuid and shape is null`
  await tx.query(
    statement('recompose changed', store, { id, document: locked.document, shape: shapeOf(resource) }),
  )
}

/** Counts the documents of a resource with another shape. */
async function countStale(database: Database, resource: Resource): Promise<number> {
  const stale = sql`select count(*)::int as count from ${records} where ${isStale(resource)}`
  const rows = await database.read<{ count: number }>(
    statement(`count stale|${resource.name}|${shapeOf(resource)}`, () => stale, {}),
  )
  return rows[0]?.count ?? 0
}

/**
 * Composes every document that is not current. Each batch is a separate transaction, so other writes wait only for the
 * records of one batch. Per resource, it composes about as many documents as had another shape at the start, and then stops:
 * another version of the service that runs at the same time may compose documents again in its own shape.
 * @param signal stops the work after the current batch.
 * @returns the number of composed documents.
 */
export async function recompose(
  database: Database,
  registry: Registry,
  { signal }: { signal?: AbortSignal } = {},
): Promise<number> {
  let total = await recomposeChangedRecords(database, registry, signal)
  for (const resource of registry.resources) {
    const stale = await countStale(database, resource)
    for (let composed = 0; composed < stale && !signal?.aborted; ) {
      const count = await database.transaction((tx) => recomposeBatch(tx, resource))
      if (count === 0) break
      composed += count
      total += count
    }
  }
  return total
}

/**
 * Composes the records whose last write bypassed the service, each in a separate transaction.
 * @param signal stops the work after the current batch.
 * @returns the number of these records.
 */
export async function recomposeChangedRecords(
  database: Database,
  registry: Registry,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0
  for (const resource of registry.resources) {
    for (let keys = await changedKeys(database, resource); keys.length > 0 && !signal?.aborted; ) {
      for (const key of keys) await database.transaction((tx) => recomposeChanged(tx, resource, key))
      total += keys.length
      keys = keys.length < batchSize ? [] : await changedKeys(database, resource)
    }
  }
  return total
}
