import type pg from 'pg'

// Any numbers will do, as long as every process takes the same.
const numbers = { migrate: 0x6d696772, seed: 0x73656564 }

/**
 * Does work that only one process may do at a time; the others wait for their turn. The work is given the connection
 * that holds the lock, and the lock goes with that connection, however the work ends.
 */
export async function withLock<T>(
  pool: pg.Pool,
  purpose: keyof typeof numbers,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [numbers[purpose]])
    return await work(client)
  } finally {
    client.release(true)
  }
}
