import type pg from 'pg'

/**
 * What a statement that reads whole tables needs. Compiling it would take longer than running it, since no two are
 * alike; and with the few megabytes that PostgreSQL usually gives, it would sort and hash on disk. Several
 * processes for one statement are for machines where nobody else asks: partial results of rows that nearly all differ
 * only cost time twice.
 */
export const forWholeTables = `set local jit = off;
  set local work_mem = '64MB';
  set local max_parallel_workers_per_gather = 0`

/** Runs a statement that reads whole tables, with settings for that, which hold for it alone. */
export async function analyse<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  const client = await pool.connect()
  try {
    await client.query(`begin read only; ${forWholeTables}`)
    const result = await client.query<Row>(query)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // The connection may be what has failed, and is given up with its transaction.
    client.release(true)
    throw error
  }
}
