import { type SQL, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { isConnectionError, isReadOnly } from '../../database/errors.ts'
import { writeStatement } from '../../database/rows.ts'
import { records } from '../../database/tables/records.ts'
import { shapeLiteral, shapeOf } from '../../model/document.ts'
import { recordId } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { belongsTo, type Resource } from '../../model/resource.ts'
import { lockRecord, markAsService } from '../../operations/writing/locks.ts'
import { Problem } from '../../problems/problem.ts'
import { readStatement } from '../../query/list-sql.ts'
import { wholeRepresentation } from '../../query/representation.ts'
import { placeholder, statement } from '../../query/statement.ts'

/**
 * Composes stored documents again: documents of another shape, which another version of the service has stored, and
 * documents of records whose last write bypassed the service. Until then they are composed at each read.
 */

/** Number of records in one transaction. */
const batchSize = 200

/**
 * Statement after which updates of `records` write no former rows to the schema `history` and announce no change, since they
 * change no content. Revisions are still written and announced. The transaction waits only briefly for records that another
 * transaction has locked, such as a long one in psql.
 */
const setup = compileSql(
  sql`select ${markAsService}, set_config('entente.versioning', 'off', true), set_config('lock_timeout', '100ms', true)`,
)

/** SQL condition that a row of `records` has a document of another shape, in a form that reads two ranges of an index. */
const isStale = (resource: Resource): SQL =>
  sql`${belongsTo(records.resource, resource.name)} and ${records.mergedInto} is null and (${records.shape} < ${shapeLiteral(resource)} or ${records.shape} > ${shapeLiteral(resource)})`

/** Composes a batch of documents of another shape and stores them. @returns the number of documents. */
async function recomposeBatch(tx: Transaction, resource: Resource): Promise<number> {
  await tx.query(setup)
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

/** The nil UUID (RFC 9562), which is less than the id of every record. */
const nilId = '00000000-0000-0000-0000-000000000000'

/** A row of `records` whose last write bypassed the service. */
interface UncomposedRecord {
  id: string
  key: string
}

/** Returns the names of the resources that have records whose last write bypassed the service: usually none. */
async function findUncomposedResources(database: Database): Promise<Set<string>> {
  const uncomposed = sql`select distinct ${records.resource} as resource from ${records}
    where ${records.shape} is null and ${records.mergedInto} is null`
  const rows = await database.read<{ resource: string }>(
    statement('uncomposed resources', () => uncomposed, {}),
  )
  return new Set(rows.map(({ resource }) => resource))
}

/** Returns up to `batchSize` records whose last write bypassed the service, by id, after the given one. */
function readUncomposedRecords(
  database: Database,
  resource: Resource,
  after: string,
): Promise<UncomposedRecord[]> {
  const uncomposed = sql`select ${records.id}::text as id, ${records.key} as key from ${records}
    where ${records.shape} is null and ${records.mergedInto} is null and ${records.resource} = ${placeholder('resource')}
      and ${records.id} > ${placeholder('after')}::uuid order by ${records.id} limit ${placeholder('limit')}::int`
  return database.read<UncomposedRecord>(
    statement('uncomposed', () => uncomposed, { resource: resource.name, after, limit: batchSize }),
  )
}

/**
 * Composes a record whose last write bypassed the service. `lockRecord` writes the revision. Nothing happens if another
 * process has already composed the record.
 */
async function composeUncomposed(tx: Transaction, resource: Resource, key: string): Promise<void> {
  await tx.query(setup)
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

/** Counts the documents of a resource that have another shape. */
async function countStale(database: Database, resource: Resource): Promise<number> {
  const stale = sql`select count(*)::int as count from ${records} where ${isStale(resource)}`
  const rows = await database.read<{ count: number }>(
    statement(`count stale|${resource.name}|${shapeOf(resource)}`, () => stale, {}),
  )
  return rows[0]?.count ?? 0
}

/**
 * Composes the documents that are not current: first those of another shape, then those of records whose last write bypassed the
 * service. Each batch of the former is a separate transaction, so other writes wait only for the records of one batch. For each
 * resource, only about as many of the former are composed as there were at the start: another version of the service that runs
 * at the same time may compose documents again in its own shape.
 * @param signal stops the work after the current batch or record.
 * @returns the number of processed records. Of some of them, another process may have composed the document.
 * @throws at once the error of a batch; otherwise as `recomposeUncomposed`.
 */
export async function recompose(
  database: Database,
  registry: Registry,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0
  for (const resource of registry.resources) {
    const stale = await countStale(database, resource)
    for (let composed = 0; composed < stale && !signal?.aborted; ) {
      const count = await database.transaction((tx) => recomposeBatch(tx, resource))
      if (count === 0) break
      composed += count
      total += count
    }
  }
  return total + (await recomposeUncomposed(database, registry, signal))
}

/**
 * Composes the records whose last write bypassed the service, each in a separate transaction. A record that fails, such as one
 * that another transaction has locked, does not keep the others from being composed.
 * @param signal stops the work after the current record.
 * @returns the number of processed records: also those that another process has composed meanwhile, or that were removed.
 * @throws the first error, after the other records; at once if the database cannot be reached or written, or is overloaded.
 */
export async function recomposeUncomposed(
  database: Database,
  registry: Registry,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0
  let firstError: unknown
  const uncomposed = await findUncomposedResources(database)
  for (const resource of registry.resources.filter(({ name }) => uncomposed.has(name))) {
    for (let batch: UncomposedRecord[] = []; ; ) {
      batch = await readUncomposedRecords(database, resource, batch.at(-1)?.id ?? nilId)
      for (const { key } of batch) {
        if (signal?.aborted) return total
        try {
          await database.transaction((tx) => composeUncomposed(tx, resource, key))
          total += 1
        } catch (error) {
          if (error instanceof Problem || isConnectionError(error) || isReadOnly(error)) throw error
          firstError ??= error
        }
      }
      if (batch.length < batchSize) break
    }
  }
  if (firstError !== undefined) throw firstError
  return total
}
