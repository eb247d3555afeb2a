import DataLoader from 'dataloader'
import {
  type DatabaseClient,
  Freshness,
  type Statement,
  singleReads,
  type Transaction,
  type Work,
} from '../database/database.ts'
import type { Resource } from '../model/resource.ts'
import type { Representation } from '../query/representation.ts'
import { readStatement } from '../query/sql.ts'
import type { Stored } from './writing/documents.ts'

/**
 * Runs a statement that reads stored documents, and runs it again with `compose` if a document has another shape.
 * @param build makes the statement. The column `current` of its rows is false if a document has another shape.
 */
export async function queryDocuments<Row extends { current: boolean }>(
  registry: Transaction,
  build: (options: { compose: boolean }) => Statement,
): Promise<Row[]> {
  const rows = await registry.query<Row>(build({ compose: false }))
  return rows.every(({ current }) => current) ? rows : registry.query<Row>(build({ compose: true }))
}

/** Finds records by their keys. @returns the records that exist, by key. */
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

/** A requested record. */
interface Lookup {
  key: string
  freshness: Freshness | undefined
}

/** A loader of records in one representation. */
interface Reader {
  loader: DataLoader<Lookup, Stored | undefined>
  /** Text of the statement that finds them. */
  text: string
}

/** Maximum number of records in one statement. A few large records must not make many others wait. */
const maxBatchSize = 25

/** Returns the work of a batch of reads of several clients. It runs on the primary if one of them requires it. */
function sharedWork(lookups: readonly Lookup[]): Work {
  const all = lookups.flatMap(({ freshness }) => freshness ?? [])
  return {
    owner: ['shared'],
    freshness: all.length === lookups.length ? Freshness.join(all) : undefined,
  }
}

const makeReader = (
  database: DatabaseClient,
  resource: Resource,
  representation: Representation,
): Reader => ({
  loader: new DataLoader(
    async (lookups) => {
      const reads = singleReads(database.forWork(sharedWork(lookups)))
      const keys = lookups.map(({ key }) => key)
      const found = await findRecords(reads, resource, keys, representation)
      return keys.map((key) => found.get(key))
    },
    // DataLoader's cache is off: the response cache stores results, and removes them when they change.
    { cache: false, maxBatchSize, batchScheduleFn: (read) => void setImmediate(read) },
  ),
  text: readStatement(resource, [], representation).text,
})

const readers = new WeakMap<DatabaseClient, WeakMap<Representation, Reader>>()

function readerOf(database: DatabaseClient, resource: Resource, representation: Representation): Reader {
  const byRepresentation = readers.get(database) ?? new WeakMap<Representation, Reader>()
  readers.set(database, byRepresentation)
  const reader = byRepresentation.get(representation) ?? makeReader(database, resource, representation)
  byRepresentation.set(representation, reader)
  return reader
}

/**
 * Reads a record by its key. One statement finds the records that are read in the same turn of the event loop. Under load,
 * this saves most round trips to the database.
 * @returns undefined when there is none.
 */
export function readRecord(
  database: DatabaseClient,
  resource: Resource,
  key: string,
  representation: Representation,
): Promise<Stored | undefined> {
  const { loader, text } = readerOf(database.shared, resource, representation)
  database.noteRead(text)
  return loader.load({ key, freshness: database.freshness })
}
