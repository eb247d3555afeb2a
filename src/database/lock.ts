import type { Database } from './database.ts'
import { withoutTimeLimits } from './session-settings.ts'

/**
 * Keys of the advisory locks, the same in all processes: `migr`, `seed` and `keys` in ASCII. `seed` is held while the registry is
 * seeded, filled with generated records, or restored from an archive; `adminKey` while the file with the administrator's key is read
 * or created.
 */
const lockKeys = { migrate: 0x6d696772, seed: 0x73656564, adminKey: 0x6b657973 }

/**
 * Runs `work` while no other process runs work for the same purpose; other processes wait. The lock belongs to a transaction on a
 * separate connection, so it also works through a pooler in transaction mode. The transaction is never committed: `maintain` closes
 * the connection, which releases the lock.
 * @throws what `work` throws; pg's error if there is no connection or the lock cannot be taken.
 */
export function withLock<T>(
  database: Database,
  purpose: keyof typeof lockKeys,
  work: () => Promise<T>,
): Promise<T> {
  return database.maintain(async (client) => {
    await client.query('begin')
    // The wait lasts as long as the work of another process, and the transaction is then idle as long as `work` runs. The role
    // may have time limits.
    await client.query(withoutTimeLimits)
    // With a parameter, the transaction would hold a snapshot while `work` runs, and VACUUM could not remove newer dead rows.
    await client.query(`select pg_advisory_xact_lock(${lockKeys[purpose]})`)
    return await work()
  })
}
