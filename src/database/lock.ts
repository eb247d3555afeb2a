import type { Database } from './database.ts'

/** Keys of the advisory locks; all processes use the same. */
const lockKeys = { migrate: 0x6d696772, seed: 0x73656564 }

/**
 * Runs `work` while no other process runs work for the same purpose; others wait. The lock belongs to a transaction on a
 * connection of its own. So it ends with the connection, and a pooler in transaction mode cannot leave it behind.
 */
export function withLock<T>(
  database: Database,
  purpose: keyof typeof lockKeys,
  work: () => Promise<T>,
): Promise<T> {
  return database.maintain(async (client) => {
    await client.query('begin')
    // The transaction is idle while the work runs, for however long.
    await client.query('set local idle_in_transaction_session_timeout = 0')
    // With a parameter, the statement would keep its snapshot until the next one, and no VACUUM could clean up what is newer.
    await client.query(`select pg_advisory_xact_lock(${lockKeys[purpose]})`)
    return await work()
  })
}
