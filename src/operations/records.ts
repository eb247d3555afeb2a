import DataLoader from 'dataloader'
import { type Database, type Statement, singleReads, type Transaction } from '../database/database.ts'
import type { Resource } from '../model/resource.ts'
import type { Representation } from '../query/representation.ts'
import { readStatement } from '../query/sql.ts'
import type { Stored } from './writing/documents.ts'

/**
 * Runs a statement that reads stored documents. Runs it again with `compose` if one was stored in another shape.
 * @param build makes the statement, whose rows tell by `current` whether all their documents have the right shape.
 */
export async function queryDocuments<Row extends { current: boolean }>(
  registry: Transaction,
  build: (options: { compose: boolean }) => Statement,
): Promise<Row[]> {
  const rows = await registry.query<Row>(build({ compose: false }))
  return rows.every(({ current }) => current) ? rows : registry.query<Row>(build({ compose: true }))
}

/** Finds records. @returns those that are there, by their keys. */
export async function findRecords(
  registry: Transaction,
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
): Promise<Map<string, Stored>> {
  const rows = await queryDocuments<Stored & { current: boolean }>(registry, (options) =>
    readStatement(resource, keys, representation, options),
  )
  return new Map(rows.map((row) => [row.key, row]))
}

/** Finds a record by its key; undefined when there is none. */
type Reader = DataLoader<string, Stored | undefined>

/** Records in a statement. A few large ones must not keep many others waiting. */
const maxBatchSize = 25

const makeReader = (database: Database, resource: Resource, representation: Representation): Reader =>
  new DataLoader(
    async (keys) => {
      const found = await findRecords(singleReads(database), resource, keys, representation)
      return keys.map((key) => found.get(key))
    },
    // No cache here: the response cache stores results, and knows when they have changed.
    { cache: false, maxBatchSize, batchScheduleFn: (read) => void setImmediate(read) },
  )

const readers = new WeakMap<Database, WeakMap<Representation, Reader>>()

/**
 * The reader of a resource's records in a representation. Those that are read in the same turn of the event loop are
 * found by one statement: under load that spares most of the ways to the database and back.
 */
export function readerOf(database: Database, resource: Resource, representation: Representation): Reader {
  const ofPool = readers.get(database) ?? new WeakMap<Representation, Reader>()
  readers.set(database, ofPool)
  const reader = ofPool.get(representation) ?? makeReader(database, resource, representation)
  ofPool.set(representation, reader)
  return reader
}
