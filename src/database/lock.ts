import type pg from 'pg'

// Any numbers will do, as long as every process takes the same.
const numbers = { migrate: 0x6d696772, seed: 0x73656564 }

/**
 * Does work that only one process may do at a time; the others wait for their turn. The lock is that of a transaction
 * on a connection of its own, which must not be the pool's only one: so it goes with the connection, however the work
 * ends, and a pooler that gives each transaction another session can't leave it behind.
 */
export async function withLock<T>(
  pool: pg.Pool,
  purpose: keyof typeof numbers,
  work: () => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    // It does nothing while the work is done, for however long.
    await client.query('set local idle_in_transaction_session_timeout = 0')
    await client.query('select pg_advisory_xact_lock($1)', [numbers[purpose]])
    return await work()
  } finally {
    client.release(true)
  }
}
