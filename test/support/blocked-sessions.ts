import type pg from 'pg'
import { expect } from 'vitest'

/** Returns the number of sessions that wait for locks in the pool's database. Other databases of the server do not count. */
export async function countBlocked(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid)
     where not granted and datname = current_database()`,
  )
  return rows[0]?.count ?? 0
}

/** Waits until this number of sessions wait for locks in the pool's database. */
export const waitUntilBlocked = (pool: pg.Pool, sessions = 1): Promise<void> =>
  expect.poll(() => countBlocked(pool)).toBe(sessions)

/** Waits until one session of the pool's database waits for an advisory lock, in a transaction that has no id yet. */
export const waitUntilBlockedWithoutId = (pool: pg.Pool): Promise<void> =>
  expect
    .poll(async () => {
      const { rows } = await pool.query(
        `select session.backend_xid from pg_locks join pg_stat_activity session using (pid)
          where locktype = 'advisory' and not granted and datname = current_database()`,
      )
      return rows
    })
    .toEqual([{ backend_xid: null }])
