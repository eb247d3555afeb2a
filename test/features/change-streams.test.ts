// @module-tag slow

import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { Connection } from '../../src/database/connection.ts'
import { ChangeFeed } from '../../src/features/changes/feed.ts'
import { useTestApi } from '../support/api.ts'
import { createRecord, ifMatch, resourceOf } from '../support/documents.ts'
import { endOfFeed, readEvents } from '../support/feed.ts'

/** Many concurrent streams of changes. */

const api = useTestApi({
  env: { MAX_STREAMS: '40', MAX_STREAMS_PER_CLIENT: '10', TRUST_PROXY: '127.0.0.1', CACHE_MB: '8' },
})

const opened: IncomingMessage[] = []
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.destroy()
  await expect.poll(countRunningStreams).toBe(0)
})

async function countRunningStreams(): Promise<number> {
  const { text } = await api.get('/metrics')
  return Number(/^entente_streams_running (\d+)$/m.exec(text)?.[1])
}

async function open(address: string, query = '', lastEventId = '', key = ''): Promise<IncomingMessage> {
  const headers = {
    'x-forwarded-for': address,
    'last-event-id': lastEventId,
    ...(key !== '' && { authorization: `Bearer ${key}` }),
  }
  const request = httpGet(`${api.origin}/v1/changes/stream${query}`, { agent: false, headers })
  const [stream] = await once(request, 'response')
  opened.push(stream)
  return stream
}

const openMany = (count: number, query: string) =>
  Promise.all(Array.from({ length: count }, (_, index) => open(`10.0.0.${index % 10}`, query)))

/** Collects the keys of the changes that a stream sends, and the id of the last event. */
function collect(stream: IncomingMessage): { keys: string[]; lastId: () => string } {
  const keys: string[] = []
  let lastId = ''
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    const { events, rest } = readEvents(text + chunk)
    text = rest
    keys.push(...events.map(({ change }) => change.key))
    lastId = events.at(-1)?.id ?? lastId
  })
  return { keys, lastId: () => lastId }
}

it('every change is sent once and in order to all streams, which share the reads of the feed', async () => {
  const after = await endOfFeed(api)
  const streams = await openMany(40, `?after=${after}`)
  const collected = streams.map(collect)
  const first = await createRecord(resourceOf('organizations'), api)
  await expect.poll(() => collected.every(({ keys }) => keys.length === 1)).toBe(true)
  const query = vi.spyOn(Connection.prototype, 'query')
  const created = [first]
  for (let index = 0; index < 20; index += 1)
    created.push(await createRecord(resourceOf('organizations'), api))
  await expect.poll(() => collected.every(({ keys }) => keys.length === 21), { timeout: 20_000 }).toBe(true)
  const reads = query.mock.calls.filter(([{ text }]) => text.includes('feed_horizon')).length
  query.mockRestore()
  for (const { keys } of collected) expect(keys).toEqual(created.map(({ key }) => key))
  // With separate reads, there would be at least one for each stream and change.
  expect(reads).toBeLessThan(100)
})

it('a stream stops reading while its client does not read', async () => {
  const { path } = await createRecord(resourceOf('organizations'), api)
  const after = await endOfFeed(api)
  // These revisions do not fit into the buffers of the client and the server.
  const textBytes = 100_000
  await api.pool.query(
    `insert into revisions (resource, key, version, operation, document, actor)
     select 'figures', 'big-' || n, 1, 'create', json_build_object('text', repeat('x', ${textBytes})),
       '{"kind": "seed", "id": null, "name": null}' from generate_series(1, 400) n`,
  )
  const readPage = vi.spyOn(ChangeFeed.prototype, 'readPage')
  // The stream's bytes, and not its pages: these are empty while a transaction of another database delays the feed.
  const bytesRead = async () => {
    const pages = await Promise.all(readPage.mock.results.map(({ value }) => value))
    return pages.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }
  try {
    const stream = await open('10.0.0.1', `?after=${after}`)
    await expect.poll(bytesRead, { timeout: 40_000 }).toBeGreaterThan(textBytes)
    // Repeats until the stream reads nothing in a round. Each round makes a change, after which a stream that can send reads on.
    for (let last = 0; last !== (await bytesRead()); ) {
      last = await bytesRead()
      await new Promise((resolve) => setTimeout(resolve, 300))
      await api.patch(path, { name: `After ${last} bytes` }, ifMatch('*'))
    }
    expect(await bytesRead()).toBeLessThan(400 * textBytes)
    const { keys } = collect(stream)
    const expected = Array.from({ length: 400 }, (_, index) => `big-${index + 1}`)
    await expect.poll(() => keys.slice(0, 400), { timeout: 20_000 }).toEqual(expected)
  } finally {
    readPage.mockRestore()
  }
}, 90_000)

it('a stream has the changes of the requested resources, and continues after Last-Event-ID', async () => {
  const after = await endOfFeed(api)
  const [topics, all] = await Promise.all([
    open('10.0.0.1', `?after=${after}&resource=topics`),
    open('10.0.0.2', `?after=${after}`),
  ])
  const [ofTopics, ofAll] = [collect(topics), collect(all)]
  const organization = await createRecord(resourceOf('organizations'), api)
  const topic = await createRecord(resourceOf('topics'), api)
  await expect.poll(() => ofAll.keys.length).toBe(2)
  await expect.poll(() => ofTopics.keys).toEqual([topic.key])
  expect(ofAll.keys).toEqual([organization.key, topic.key])
  const id = ofAll.lastId()
  all.destroy()
  const missed = await createRecord(resourceOf('organizations'), api)
  const again = collect(await open('10.0.0.2', '', id))
  await expect.poll(() => again.keys).toEqual([missed.key])
})

it.each([
  ['made internal', (path: string) => api.patch(path, { visibility: 'internal' })],
  [
    'redacted',
    (path: string) => api.post(`${path}/redact`, { text: 'Jane Doe', reason: 'Asked for.' }, ifMatch('*')),
  ],
])('a new stream does not send the former text of a record that was just %s', async (_, hide) => {
  const after = await endOfFeed(api)
  const earlier = collect(await open('10.0.0.1', `?after=${after}`))
  const hidden = await api.post('/v1/organizations', { name: 'Office of Jane Doe', kind: 'other' })
  const { id } = hidden.json<{ id: string }>()
  await expect.poll(() => earlier.keys).toEqual([id])
  expect((await hide(`/v1/organizations/${id}`)).status).toBe(200)
  const stream = await open('10.0.0.2', `?after=${after}`)
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const { key } = await createRecord(resourceOf('organizations'), api)
  await expect.poll(() => text).toContain(key)
  expect(text).not.toContain('Jane Doe')
})

it('streams above the limit of a client (429) or in total (503) are refused until one ends', async () => {
  const mine = await Promise.all(Array.from({ length: 10 }, () => open('10.0.1.1')))
  for (const stream of mine) stream.resume()
  const more = await open('10.0.1.1')
  expect(more.statusCode).toBe(429)
  expect(more.headers['retry-after']).toMatch(/^[1-9]/)
  for (let address = 2; address <= 4; address += 1)
    for (let index = 0; index < 10; index += 1) (await open(`10.0.1.${address}`)).resume()
  mine[1]?.destroy()
  await expect.poll(async () => (await open('10.0.1.1')).statusCode).toBe(200)
  const further = await open('10.0.1.9')
  expect(further.statusCode).toBe(503)
  expect(further.headers['retry-after']).toMatch(/^[1-9]/)
  mine[0]?.destroy()
  await expect.poll(async () => (await open('10.0.1.9')).statusCode).toBe(200)
})

it.each([
  ['is revoked', (id: string) => api.delete(`/v1/keys/${id}`)],
  ['has another role', (id: string) => api.pool.query("update keys set role = 'reader' where id = $1", [id])],
])('the stream of a client ends within seconds after its key %s', async (_, change) => {
  const createKey = async () =>
    (await api.post('/v1/keys', { name: 'A mirror', role: 'editor' })).json<{ id: string; key: string }>()
  const [{ id, key }, unchanged] = [await createKey(), await createKey()]
  const stream = await open('10.0.2.1', '', '', key)
  const others = [await open('10.0.2.2'), await open('10.0.2.3', '', '', unchanged.key)]
  for (const one of [stream, ...others]) one.on('error', () => {}).resume()
  await change(id)
  await expect.poll(() => stream.destroyed).toBe(true)
  expect(others.map(({ destroyed }) => destroyed)).toEqual([false, false])
})

it('every stream sends something every 15 seconds, whenever it was opened', async () => {
  const after = await endOfFeed(api)
  const readClock = performance.now.bind(performance)
  let skippedMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => readClock() + skippedMs)
  onTestFinished(() => clock.mockRestore())
  const streams = [await open('10.0.3.1', `?after=${after}`)]
  skippedMs += 2000
  streams.push(await open('10.0.3.2', `?after=${after}`))
  /** The number of chunks that each stream has sent. */
  const counts = streams.map(() => 0)
  for (const [index, stream] of streams.entries())
    stream.on('data', () => {
      counts[index] = (counts[index] ?? 0) + 1
    })
  // Each stream begins with the time after which a client reconnects.
  await expect.poll(() => counts).toEqual([1, 1])
  // The first stream is now silent for 15 s, and the second one for 13 s. Then both are silent for 15 s.
  for (const [ms, count] of [
    [13_000, 2],
    [15_000, 3],
  ] as const) {
    skippedMs += ms
    await expect.poll(() => counts, { timeout: 2000 }).toEqual([count, count])
  }
})
