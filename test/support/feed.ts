import { expect, vi } from 'vitest'
import type { TestApp } from './app.ts'
import type { Document } from './documents.ts'

/** A change in the feed. */
export interface Change {
  position: string
  resource: string
  key: string
  version: number
  operation: string
  document: Document
}

/** Waits until the feed shows every change. Older transactions, even in other databases, delay a change in the feed. */
export const waitForFeed = ({ pool }: Pick<TestApp, 'pool'>) =>
  vi.waitFor(
    async () => {
      const { rows } = await pool.query('select max(transaction) < feed_horizon() as complete from revisions')
      expect(rows).toEqual([{ complete: true }])
    },
    { timeout: 20_000 },
  )
