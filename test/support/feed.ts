import { expect, vi } from 'vitest'
import type { Api } from './api.ts'
import type { TestApp } from './app.ts'
import type { Document } from './documents.ts'

/** A change in the feed. */
export interface Change {
  position: string
  resource: string
  key: string
  version: number
  operation: string
  time: string
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

/** Returns the position after every change so far. */
export async function endOfFeed(api: Api): Promise<string> {
  await waitForFeed(api)
  const response = await api.get('/v1/changes?order=desc&limit=1')
  return response.json<{ page: { after: string } }>().page.after
}
