import type pg from 'pg'

/**
 * Runs `work` in a transaction on a connection outside the pool. Commits when `work` resolves, and rolls back when it rejects.
 * @throws what `work` throws, after the rollback; PostgreSQL's error if the transaction cannot begin or be committed.
 */
export async function inClientTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
