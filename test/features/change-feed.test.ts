import { setTimeout as delay } from 'node:timers/promises'
import type { QueryResultRow } from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { ChangeFeed, toOffset } from '../../src/features/changes/feed.ts'
import type { FeedRow, FeedState } from '../../src/query/revisions.ts'
import { generousOptions } from '../support/database-options.ts'
import { registry } from '../support/registry.ts'

/** The changes that are in memory for all streams. */

const rowOf = (sequence: number): FeedRow => ({
  position: `1.${sequence}`,
  resource: 'topics',
  entry: `{"position":"1.${sequence}"}`,
  document: '{}',
  found: 1,
})

const offsetOf = (sequence: number) => toOffset({ transaction: '1', sequence: String(sequence) })

/** Opens a feed that ends at the position 1.1, with mocked reads. `add` sets the changes that the next read returns. */
function openFeed() {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  let rows: QueryResultRow[] = [{ position: '1.1' }]
  const state: FeedState = { timeline: '00000001', isBeyond: false }
  // The database connects at its first statement. It never connects here, since `read` is mocked.
  const database = openDatabaseAt('postgresql://127.0.0.1:1/none', generousOptions)
  const read = vi
    .spyOn(database, 'read')
    .mockImplementation(async ({ text }) => (text.includes('isBeyond') ? [{ ...state }] : rows.splice(0)))
  const feed = new ChangeFeed(registry, {
    streamDatabase: database,
    waitForChange: () => delay(1),
    closing: closing.signal,
  })
  feed.open()
  const add = (...sequences: number[]) => {
    rows = sequences.map(rowOf)
  }
  return { feed, add, read, state }
}

it('a stream gets changes from memory only if all changes after its position are there', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  onTestFinished(() => now.mockRestore())
  const { feed, add } = openFeed()
  expect(feed.read(offsetOf(1), [])).toBeUndefined()
  await vi.waitUntil(() => feed.hasFoundEnd)
  add(2)
  const positions = (after: number) =>
    feed
      .read(offsetOf(after), [])
      ?.bytes.toString()
      .match(/(?<=id: ).*/g)
  await expect.poll(() => positions(1)).toEqual(['1.2'])
  expect(feed.read(offsetOf(0), [])).toBeUndefined()
  // A change is removed after two seconds, since its record may have been redacted meanwhile.
  now.mockReturnValue(1500)
  add(3)
  await expect.poll(() => positions(1)).toEqual(['1.2', '1.3'])
  now.mockReturnValue(2001)
  expect(positions(1)).toBeUndefined()
  expect(positions(2)).toEqual(['1.3'])
  expect(feed.read(offsetOf(3), [])).toMatchObject({ offset: offsetOf(3), isLast: true })
  expect(feed.read(offsetOf(2), ['regions'])).toMatchObject({ bytes: Buffer.of(), offset: offsetOf(3) })
})

it('the feed forgets its changes after a failover, even if new changes have passed its end', async () => {
  const { feed, add, state } = openFeed()
  await vi.waitUntil(() => feed.hasFoundEnd)
  state.timeline = '00000002'
  add(2)
  await expect.poll(() => feed.resets).toBe(1)
  // The feed looks for its end on the new timeline. The mock returns no rows, as for an empty feed, so it continues at the start.
  await vi.waitUntil(() => feed.hasFoundEnd)
  expect(feed.read(offsetOf(1), [])?.bytes.toString()).toBe('')
  add(3)
  await expect.poll(() => feed.read(offsetOf(1), [])?.bytes.toString()).toContain('1.3')
  expect(feed.resets).toBe(1)
})

it('the feed reads nothing for a stream whose client has disconnected while it waited', async () => {
  const { feed, read } = openFeed()
  await vi.waitUntil(() => feed.hasFoundEnd)
  let endReads = () => {}
  const ended = new Promise<void>((resolve) => {
    endReads = resolve
  })
  read.mockImplementation(async () => {
    await ended
    return []
  })
  const client = new AbortController()
  const { signal: connected } = new AbortController()
  const signals = [connected, connected, client.signal]
  const pages = signals.map((signal) => feed.readPage(0n, ['topics'], signal))
  client.abort()
  endReads()
  expect(await Promise.all(pages)).toHaveLength(3)
  // The feed itself reads the changes of all resources.
  const reads = read.mock.calls.filter(([statement]) => JSON.stringify(statement).includes('topics'))
  expect(reads).toHaveLength(2)
})
