import DataLoader from 'dataloader'
import {
  autocommitReads,
  type DatabaseClient,
  Freshness,
  type Statement,
  type Transaction,
  type Work,
} from '../database/database.ts'
import { OverBudgetError } from '../database/running-statement.ts'
import { maxIncluded, maxIncludedBytes } from '../model/includes.ts'
import type { Resource } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { oversizedStatement, readStatement } from '../query/list-sql.ts'
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

/**
 * Returns the problem `invalid-parameter`: a record has too many records of an include for one response.
 * @param id id of the record.
 * @throws OverBudgetError when the statement exceeds its budget, so that the read is repeated in the expensive lane.
 */
export async function tooManyIncluded(
  tx: Transaction,
  resource: Resource,
  id: string,
  { include }: Representation,
): Promise<Problem> {
  const [found] = await tx
    .query<{ key: string; includes: string[] }>(oversizedStatement(resource, id, include))
    .catch((error: unknown) => {
      if (error instanceof OverBudgetError) throw error
      // The record is refused in any case. A failure must not affect other records that are read together with it.
      return []
    })
  const key = found?.key ?? id
  const which = found
    ? `the include ${found.includes.join(', ')}`
    : `one of the includes ${include.join(', ')}`
  return new Problem(
    'invalid-parameter',
    `The ${resource.noun} ${key} has more than ${maxIncluded} records, or ${maxIncludedBytes / 1024 ** 2} MiB, of ${which}. Read these records with a list of their own resource and a filter, such as /v1/citations?source=…, or with an export.`,
  )
}

/** Row of `readStatement`. */
interface Row extends Omit<StoredRecord, 'document'> {
  id: string
  document: string | null
  current: boolean
}

/** Finds records by their keys. @returns the records that exist, or the problem of each one that cannot be sent, by key. */
async function findRecords(
  tx: Transaction,
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
): Promise<Map<string, StoredRecord | Problem>> {
  const rows = await queryDocuments<Row>(tx, (options) =>
    readStatement(resource, keys, representation, options),
  )
  const found = new Map<string, StoredRecord | Problem>()
  for (const { document, ...row } of rows)
    found.set(
      row.key,
      document === null ? await tooManyIncluded(tx, resource, row.id, representation) : { ...row, document },
    )
  return found
}

/**
 * Finds a record by its key. @returns undefined when there is none.
 * @throws Problem `invalid-parameter` if it has too many records of an include.
 */
export async function findRecord(
  tx: Transaction,
  resource: Resource,
  key: string,
  representation: Representation,
): Promise<StoredRecord | undefined> {
  const found = (await findRecords(tx, resource, [key], representation)).get(key)
  if (found instanceof Problem) throw found
  return found
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
  loader: new DataLoader<Lookup, StoredRecord | undefined>(
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
 * Reads a record by its key. One statement finds up to `maxBatchSize` records of the resource that are read in the same iteration
 * of the event loop, with the same `Representation` object. Under load, this saves most round trips to the database.
 * @returns undefined when there is none.
 * @throws Problem `invalid-parameter` if it has too many records of an include.
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
