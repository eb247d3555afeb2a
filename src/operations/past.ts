import type pg from 'pg'
import type { Database } from '../database/client.ts'
import { beginPast, pastStatement } from '../database/past.ts'
import { waitForPlace } from './places.ts'

/** Milliseconds that a statement about the past may take. */
const statementTimeoutMs = 60_000

async function readPast<T>(pool: pg.Pool, at: string, work: (registry: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(beginPast(at, { statementTimeoutMs }))
    const result = await work({ query: (query) => client.query(pastStatement(query)) })
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // The connection may be what has failed. It is closed with its transaction.
    client.release(true)
    throw error
  }
}

/**
 * Reads the registry as it is, or as it was at a time, by the same statements.
 * @param at undefined for now; otherwise RFC 3339, or a date for its first millisecond in UTC.
 * @param work runs its statements one after the other where `at` is given: they share a connection.
 * @throws Problem `busy` when too many questions about the past run, and what `work` throws.
 */
export async function registryAt<T>(
  at: string | undefined,
  pool: pg.Pool,
  work: (registry: Database) => Promise<T>,
): Promise<T> {
  if (at === undefined) return work(pool)
  const leave = await waitForPlace(pool)
  try {
    return await readPast(pool, at, work)
  } finally {
    leave()
  }
}
