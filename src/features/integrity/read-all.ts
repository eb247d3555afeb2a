import type pg from 'pg'
import { beginReading } from '../../database/read-session.ts'

/** Number of rows that are read at a time. */
const fetchSize = 1000

/**
 * Yields the rows of a statement through a cursor of the client's transaction, so that only `fetchSize` rows are in memory.
 * @param name the name of the cursor, unique in the transaction.
 */
export async function* readAll<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  name: string,
  text: string,
): AsyncGenerator<Row> {
  await client.query(`declare ${name} no scroll cursor for ${text}`)
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${fetchSize} from ${name}`)
    yield* rows
    if (rows.length < fetchSize) break
  }
  await client.query(`close ${name}`)
}

/**
 * Runs `work` in a read-only transaction on one snapshot of the database, and returns its result.
 * @throws what `work` throws. The transaction then stays open until the caller closes the connection.
 */
export async function inSnapshot<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query(`${beginReading};
    set local search_path = pg_catalog, public; set local jit = off; set local work_mem = '64MB'`)
  const result = await work()
  await client.query('commit')
  return result
}
