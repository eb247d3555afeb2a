import { expect, vi } from 'vitest'
import type { TestApp } from './app.ts'

/** Waits until the feed has every change: it waits for transactions that began before, those of other databases too. */
export const feedIsComplete = ({ pool }: Pick<TestApp, 'pool'>) =>
  vi.waitFor(
    async () => {
      const { rows } = await pool.query('select max(transaction) < feed_horizon() as complete from revisions')
      expect(rows).toEqual([{ complete: true }])
    },
    { timeout: 20_000 },
  )
