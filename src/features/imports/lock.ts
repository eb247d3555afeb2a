import type { Database } from '../../database/database.ts'

/** The first of the two keys of the advisory locks of schemes; the second is a hash of the scheme. */
const lockClass = 0x696d7074

/**
 * Runs `work` while no other process works on an import of the scheme. The lock belongs to an idle transaction on a
 * connection of its own, so it ends with the process or with PostgreSQL. `signal` aborts when the connection is lost.
 * @returns false when another process has the lock, and `work` did not run.
 */
export async function withSchemeLock(
  database: Database,
  scheme: string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  return database.maintain(async (client) => {
    const lost = new AbortController()
    client.once('end', () => lost.abort(new Error('Connection terminated: the lock of the import is lost')))
    await client.query('begin')
    // The transaction is idle while the work runs, for however long. It gets no id, so the feed does not wait for it.
    await client.query('set local idle_in_transaction_session_timeout = 0')
    const { rows } = await client.query<{ locked: boolean }>(
      'select pg_try_advisory_xact_lock($1, hashtext($2)) as locked',
      [lockClass, scheme],
    )
    if (!rows[0]?.locked) return false
    await work(lost.signal)
    await client.query('rollback').catch(() => {})
    return true
  })
}
