import type { Database } from '../../database/database.ts'
import { withoutTimeLimits } from '../../database/session-settings.ts'

/** The first key of the advisory locks of schemes: `impt` in ASCII. The second key is a hash of the scheme. */
const lockClass = 0x696d7074

/**
 * Runs `work` under a lock, so that no other process works on an import of the scheme. An idle transaction on a separate
 * connection holds the lock, so the lock ends with the process or with PostgreSQL.
 * @param work gets a signal that is aborted if this connection is lost.
 * @returns whether `work` ran: false when another process has the lock.
 * @throws what `work` throws.
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
    // The transaction is idle as long as the work runs. It gets no id, so the feed of changes does not wait for it.
    await client.query(withoutTimeLimits)
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
