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

/** Returns the changes in the text of a stream with the ids of their events, and the rest of the text after the last whole event. */
export function readEvents(text: string): { events: { id: string; change: Change }[]; rest: string } {
  const blocks = text.split('\n\n')
  const rest = blocks.pop() ?? ''
  const events = blocks.flatMap((block) => {
    const [, id, data] = /^id: (.*)\nevent: change\ndata: (.*)$/.exec(block) ?? []
    return id === undefined || data === undefined ? [] : [{ id, change: JSON.parse(data) }]
  })
  return { events, rest }
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
