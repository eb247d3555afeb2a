import DataLoader from 'dataloader'
import { type Database, singleReads, type Transaction } from '../database/database.ts'
import type { Resource } from '../model/resource.ts'
import type { Representation } from '../query/representation.ts'
import { readStatement } from '../query/sql.ts'
import type { Stored } from './writing/documents.ts'

type Row = Stored & { current: boolean }

/** Finds records. @returns those that are there, by their keys. */
export async function findRecords(
  registry: Transaction,
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
): Promise<Map<string, Stored>> {
  let rows = await registry.query<Row>(readStatement(resource, keys, representation))
  // A document that was stored in another shape is composed from the tables.
  if (rows.some(({ current }) => !current))
    rows = await registry.query<Row>(readStatement(resource, keys, representation, { compose: true }))
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
    // What is kept in memory is kept by others, who know when it has changed.
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
