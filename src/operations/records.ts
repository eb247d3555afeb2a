import DataLoader from 'dataloader'
import type pg from 'pg'
import type { Database } from '../database/client.ts'
import type { Representation } from '../query/representation.ts'
import { readStatement } from '../query/sql.ts'
import type { Resource } from '../resources/resource.ts'

/** A record as it stands in the database. */
export interface Stored {
  version: number
  /** The record's JSON, as it is answered. */
  document: string
}

/** Finds records. @returns those that are there, by their keys. */
export async function findRecords(
  registry: Database,
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
): Promise<Map<string, Stored>> {
  const { rows } = await registry.query<Stored & { key: string }>(
    readStatement(resource, keys, representation),
  )
  return new Map(rows.map(({ key, ...stored }) => [key, stored]))
}

/** Finds a record by its key; undefined when there is none. */
type Reader = DataLoader<string, Stored | undefined>

/** Most records in a statement, so that a few large ones do not keep many others waiting. */
const mostTogether = 25

const makeReader = (pool: pg.Pool, resource: Resource, representation: Representation): Reader =>
  new DataLoader(
    async (keys) => {
      const found = await findRecords(pool, resource, keys, representation)
      return keys.map((key) => found.get(key))
    },
    // What is kept in memory is kept by others, who know when it has changed.
    { cache: false, maxBatchSize: mostTogether, batchScheduleFn: (read) => void setImmediate(read) },
  )

const readers = new WeakMap<pg.Pool, WeakMap<Representation, Reader>>()

/**
 * The reader of a resource's records in a representation. Those that are asked for in the same turn of the event loop are
 * found by one statement: under load that spares most of the ways to the database and back.
 */
export function readerOf(pool: pg.Pool, resource: Resource, representation: Representation): Reader {
  const ofPool = readers.get(pool) ?? new WeakMap<Representation, Reader>()
  readers.set(pool, ofPool)
  const reader = ofPool.get(representation) ?? makeReader(pool, resource, representation)
  ofPool.set(representation, reader)
  return reader
}
