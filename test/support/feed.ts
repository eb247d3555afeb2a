import { expect, vi } from 'vitest'
import type { TestApp } from './app.ts'

/** Waits until the feed shows every change. The feed waits for all older transactions, also of other databases. */
export const feedIsComplete = ({ pool }: Pick<TestApp, 'pool'>) =>
  vi.waitFor(
    async () => {
      const { rows } = await pool.query('select max(transaction) < feed_horizon() as complete from revisions')
      expect(rows).toEqual([{ complete: true }])
    },
    { timeout: 20_000 },
  )
