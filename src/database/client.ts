import type pg from 'pg'

/** What statements run on inside a transaction: its connection. */
export interface Transaction {
  $client: pg.PoolClient
}

/**
 * Runs work in one transaction: all of it is written, or nothing.
 * @throws what the work throws, after rolling back.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work({ $client: client })
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that can't even roll back is not given back to the pool.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
