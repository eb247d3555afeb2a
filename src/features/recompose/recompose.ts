import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { writeStatement } from '../../database/rows.ts'
import { records } from '../../database/tables/records.ts'
import type { Author } from '../../database/tables/revisions.ts'
import { shapeLiteral, shapeOf } from '../../model/document.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { lockRecord } from '../../operations/writing/locks.ts'
import { readStatement, wholeRepresentation } from '../../query/sql.ts'
import { statement } from '../../query/statement.ts'

/**
 * Composes stored documents again: those of another shape, which another version of the service has stored, and those
 * whose records were written past the service. Until then they are composed at each read.
 */

/** Records in a transaction. */
const batchSize = 200

/** Whom histories name for writes past the service. */
const database: Author = { kind: 'database', id: null, name: null }

/** Updates of this transaction change no record: they write no history and notify nobody. */
const withoutHistory = compileSql(
  sql`select set_config('entente.writer', 'service', true), set_config('entente.versioning', 'off', true)`,
)

/** Documents of another shape, by the index of shapes. */
const isStale = (resource: Resource) => sql`${records.resource} = ${sql.placeholder('resource')}
    and (${records.shape} < ${shapeLiteral(resource)} or ${records.shape} > ${shapeLiteral(resource)})`

/** Stores some documents of another shape anew. @returns how many. */
async function recomposeBatch(tx: Transaction, resource: Resource): Promise<number> {
  await tx.query(withoutHistory)
  const stale = sql`select ${records.key} as key from ${records} where ${isStale(resource)}
    limit ${sql.placeholder('limit')}::int for update skip locked`
  const found = await tx.query<{ key: string }>(
    statement(`stale|${resource.name}`, () => stale, { resource: resource.name, limit: batchSize }),
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

/** Keys of records that were written past the service. */
async function changedKeys(read: Database, resource: Resource): Promise<string[]> {
  const changed = sql`select ${records.key} as key from ${records}
    where ${records.shape} is null and ${records.resource} = ${sql.placeholder('resource')} limit ${sql.placeholder('limit')}::int`
  const rows = await read.read<{ key: string }>(
    statement('uncomposed', () => changed, { resource: resource.name, limit: batchSize }),
  )
  return rows.map(({ key }) => key)
}

/**
 * Composes a record that was written past the service, and writes its revision, whose time is that of the write. Does
 * nothing when another process was faster.
 */
async function recomposeChanged(tx: Transaction, resource: Resource, key: string): Promise<void> {
  await tx.query(withoutHistory)
  const locked = await lockRecord(tx, resource, key)
  if (!locked) return
  const build = () => sql`with before as (
      select key, version, updated_at from ${records} where id = ${sql.placeholder('id')}::uuid and shape is null
    ), stored as (
      update ${records} set document = ${sql.placeholder('document')}::text, shape = ${sql.placeholder('shape')}::text
      where id = ${sql.placeholder('id')}::uuid and shape is null
    )
    insert into revisions (resource, key, version, operation, document, actor, "time")
    select ${sql.placeholder('resource')}::text, key, version,
      case when exists (select from revisions where revisions.resource = ${sql.placeholder('resource')}::text
        and revisions.key = before.key and operation <> 'remove') then 'replace' else 'create' end,
      ${sql.placeholder('document')}::json, ${sql.placeholder('actor')}::json, updated_at
    from before`
  const { id, document } = locked
  const values = {
    id,
    document,
    shape: shapeOf(resource),
    resource: resource.name,
    actor: JSON.stringify(database),
  }
  await tx.query(statement('recompose changed', build, values))
}

/**
 * Composes every document that is not current. Other writes go on; a record is locked for its own transaction at most.
 * @param signal stops after the transaction that runs.
 * @returns how many documents were composed.
 */
export async function recompose(
  of: Database,
  registry: Registry,
  { signal }: { signal?: AbortSignal } = {},
): Promise<number> {
  let total = await recomposeChangedRecords(of, registry, signal)
  for (const resource of registry.resources) {
    while (!signal?.aborted && (await hasStale(of, resource)))
      total += await of.transaction((tx) => recomposeBatch(tx, resource))
  }
  return total
}

/** Whether a resource has documents of another shape. Asks before a transaction writes: a standby takes none. */
async function hasStale(of: Database, resource: Resource): Promise<boolean> {
  const build = () => sql`select exists (select from ${records} where ${isStale(resource)}) as found`
  const [row] = await of.read<{ found: boolean }>(
    statement(`has stale|${resource.name}`, build, { resource: resource.name }),
  )
  return row?.found === true
}

/** Composes the records that were written past the service. @returns how many. */
export async function recomposeChangedRecords(
  of: Database,
  registry: Registry,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0
  for (const resource of registry.resources) {
    for (let keys = await changedKeys(of, resource); keys.length > 0 && !signal?.aborted; ) {
      for (const key of keys) await of.transaction((tx) => recomposeChanged(tx, resource, key))
      total += keys.length
      keys = keys.length < batchSize ? [] : await changedKeys(of, resource)
    }
  }
  return total
}
