import type pg from 'pg'
import { Problem } from '../problems/problem.ts'
import { isReadOnly, isUndecided, retryAfter } from './errors.ts'

/** What runs a statement: the pool, or one connection, which runs one at a time. */
export interface Database {
  query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>>
}

/** What statements run on inside a transaction: its connection. */
export interface Transaction {
  $client: pg.PoolClient
}

/**
 * Commits.
 * @throws what PostgreSQL refuses (nothing was written then), and Problem `outcome-unknown` when nobody can say whether
 * it has committed.
 */
async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('commit')
  } catch (error) {
    if (!isUndecided(error)) throw error
    throw new Problem(
      'outcome-unknown',
      'The connection to the database was lost while the change was being committed: it may have been made or not. Read the record again to see; with If-Match or an Idempotency-Key the request can be repeated safely.',
      { cause: error, headers: { 'retry-after': retryAfter } },
    )
  }
}

/**
 * Runs work in one transaction: all of it is written, or nothing.
 * @throws what the work throws, after rolling back; Problem `outcome-unknown` when the connection is lost in the commit.
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
    await commit(client)
    return result
  } catch (error) {
    // A connection that can't even roll back is not given back to the pool, nor one that leads to the wrong server.
    if (isReadOnly(error)) broken = new Error('the server takes no changes')
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
