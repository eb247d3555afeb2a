import type pg from 'pg'
import type { Database } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import { inSnapshot } from './read-all.ts'
import { findRecordFaults } from './record-faults.ts'
import { findRevisionFaults, type IntegrityFault } from './revision-faults.ts'
import { findSealFaults, type NamedSeal } from './seal-faults.ts'

/** The counts of a verification. */
export interface Verification {
  revisions: number
  /** Number of records whose last write bypassed the service and has no revision yet. */
  waiting: number
  faults: number
}

const counts = `select (select count(*)::int from revisions) as revisions,
  (select count(*)::int from records where shape is null and merged_into is null) as waiting`

async function* findFaults(
  client: pg.ClientBase,
  registry: Registry,
  seals: NamedSeal[],
): AsyncGenerator<IntegrityFault> {
  yield* findRevisionFaults(client)
  yield* findRecordFaults(client, registry)
  yield* findSealFaults(client, seals)
}

/**
 * Finds changes that bypassed the service and its triggers: revisions that do not match their hashes or the chain of their
 * record, records that differ from their last revision or whose columns differ from their document, and seals that the feed
 * does not match. All reads see one snapshot of the database.
 * @param report is called with each fault when it is found. If it returns a promise, the search waits for the promise.
 * @throws what `report` throws; Error for a seal without a valid position, which `parseSeal` refuses.
 */
export async function verify(
  database: Database,
  registry: Registry,
  seals: NamedSeal[],
  report: (fault: IntegrityFault) => unknown,
): Promise<Verification> {
  return database.maintain((client) =>
    inSnapshot(client, async () => {
      let faults = 0
      for await (const fault of findFaults(client, registry, seals)) {
        await report(fault)
        faults += 1
      }
      const { rows } = await client.query<Omit<Verification, 'faults'>>(counts)
      const { revisions, waiting } = rows[0] ?? { revisions: 0, waiting: 0 }
      return { revisions, waiting, faults }
    }),
  )
}
