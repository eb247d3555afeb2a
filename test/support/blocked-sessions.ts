import type pg from 'pg'
import { expect } from 'vitest'

/** Waits until this number of sessions wait for locks in the pool's database. Other databases of the server do not count. */
export const waitUntilBlocked = (pool: pg.Pool, sessions = 1): Promise<void> =>
  expect
    .poll(async () => {
      const { rows } = await pool.query<{ count: number }>(
        `select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid)
         where not granted and datname = current_database()`,
      )
      return rows[0]?.count
    })
    .toBe(sessions)
