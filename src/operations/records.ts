import DataLoader from 'dataloader'
import {
  autocommitReads,
  type DatabaseClient,
  Freshness,
  type Statement,
  type Transaction,
  type Work,
} from '../database/database.ts'
import type { Resource } from '../model/resource.ts'
import { readStatement } from '../query/list-sql.ts'
import type { Representation } from '../query/representation.ts'
import type { StoredRecord } from './writing/documents.ts'

/**
 * Runs a statement that reads stored documents, and runs it again with `compose` if a document is missing or has an old shape.
 * @param build makes the statement. The column `current` of its rows is false if the second run is needed.
 */
export async function queryDocuments<Row extends { current: boolean }>(
  tx: Transaction,
  build: (options: { compose: boolean }) => Statement,
): Promise<Row[]> {
  const rows = await tx.query<Row>(build({ compose: false }))
  return rows.every(({ current }) => current) ? rows : tx.query<Row>(build({ compose: true }))
}

/** Finds records by their keys. @returns the records that exist, by key. */
export async function findRecords(
  tx: Transaction,
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
): Promise<Map<string, StoredRecord>> {
  const rows = await queryDocuments<StoredRecord & { current: boolean }>(tx, (options) =>
    readStatement(resource, keys, representation, options),
  )
  return new Map(rows.map((row) => [row.key, row]))
}

/** A requested record. */
interface Lookup {
  key: string
  freshness: Freshness | undefined
}

/** Loads records in one representation. */
interface RecordLoader {
  loader: DataLoader<Lookup, StoredRecord | undefined>
  /** Text of the statement that reads the records. */
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

const makeRecordLoader = (
  database: DatabaseClient,
  resource: Resource,
  representation: Representation,
): RecordLoader => ({
  loader: new DataLoader(
    async (lookups) => {
      const reads = autocommitReads(database.forWork(sharedWork(lookups)))
      const keys = lookups.map(({ key }) => key)
      const found = await findRecords(reads, resource, keys, representation)
      return keys.map((key) => found.get(key))
    },
    // DataLoader's cache is off: the response cache stores results, and marks them as stale when they change.
    { cache: false, maxBatchSize, batchScheduleFn: (read) => void setImmediate(read) },
  ),
  text: readStatement(resource, [], representation).text,
})

const recordLoaders = new WeakMap<DatabaseClient, WeakMap<Representation, RecordLoader>>()

function getRecordLoader(
  database: DatabaseClient,
  resource: Resource,
  representation: Representation,
): RecordLoader {
  const byRepresentation = recordLoaders.get(database) ?? new WeakMap<Representation, RecordLoader>()
  recordLoaders.set(database, byRepresentation)
  const loader = byRepresentation.get(representation) ?? makeRecordLoader(database, resource, representation)
  byRepresentation.set(representation, loader)
  return loader
}

/**
 * Reads a record by its key. One statement finds up to 25 records of the resource that are read in the same iteration of the
 * event loop, with the same `Representation` object. Under load, this saves most round trips to the database.
 * @returns undefined when there is none.
 */
export function readRecord(
  database: DatabaseClient,
  resource: Resource,
  key: string,
  representation: Representation,
): Promise<StoredRecord | undefined> {
  const { loader, text } = getRecordLoader(database.shared, resource, representation)
  database.reportRead(text)
  return loader.load({ key, freshness: database.freshness })
}
