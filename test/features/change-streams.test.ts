import { once } from 'node:events'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { Connection } from '../../src/database/connection.ts'
import { type Api, openApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'

/** Many streams of changes at once. */

let api: Api
beforeAll(async () => {
  api = await openApi({
    env: { MAX_STREAMS: '40', MAX_STREAMS_PER_CLIENT: '10', TRUST_PROXY: '127.0.0.1', CACHE_MB: '8' },
  })
})
afterAll(() => api.close())

const opened: IncomingMessage[] = []
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.destroy()
  await expect.poll(running, { timeout: 10_000 }).toBe(0)
})

async function running(): Promise<number> {
  const { text } = await api.get('/metrics')
  return Number(/^entente_streams_running (\d+)$/m.exec(text)?.[1])
}

async function open(address: string, query = '', lastEventId = ''): Promise<IncomingMessage> {
  const headers = { 'x-forwarded-for': address, 'last-event-id': lastEventId }
  const request = httpGet(`${api.origin}/v1/changes/stream${query}`, { agent: false, headers })
  const [stream] = await once(request, 'response')
  opened.push(stream)
  return stream
}

const openMany = (count: number, query: string) =>
  Promise.all(Array.from({ length: count }, (_, index) => open(`10.0.0.${index % 10}`, query)))

/** Collects the keys of the changes that a stream sends. */
function collect(stream: IncomingMessage): { keys: string[]; lastId: () => string } {
  const keys: string[] = []
  let lastId = ''
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const [, id, data] = /^id: (.*)\nevent: change\ndata: (.*)$/.exec(event) ?? []
      if (id === undefined || data === undefined) continue
      lastId = id
      keys.push(JSON.parse(data).key)
    }
  })
  return { keys, lastId: () => lastId }
}

/** The position of the last change that the feed shows. */
async function present(): Promise<string> {
  const { key } = await createRecord(resourceOf('organizations'), api)
  let after = ''
  await expect
    .poll(
      async () => {
        const { data, page } = (await api.get(`/v1/changes?limit=500${after && `&after=${after}`}`)).json<{
          data: { key: string }[]
          page: { after: string | null }
        }>()
        after = page.after ?? after
        return data.some((change) => change.key === key)
      },
      { timeout: 10_000 },
    )
    .toBe(true)
  return after
}

it('sends every change once and in order to all of them, with one read for all', async () => {
  const after = await present()
  const streams = await openMany(40, `?after=${after}`)
  const taken = streams.map(collect)
  const first = await createRecord(resourceOf('organizations'), api)
  await expect.poll(() => taken.every(({ keys }) => keys.length === 1), { timeout: 10_000 }).toBe(true)
  const query = vi.spyOn(Connection.prototype, 'query')
  const made = [first]
  for (let index = 0; index < 20; index += 1) made.push(await createRecord(resourceOf('organizations'), api))
  await expect.poll(() => taken.every(({ keys }) => keys.length === 21), { timeout: 20_000 }).toBe(true)
  const reads = query.mock.calls.filter(([{ text }]) => text.includes('feed_horizon')).length
  query.mockRestore()
  for (const { keys } of taken) expect(keys).toEqual(made.map(({ key }) => key))
  // Each stream for itself would have read at least once for each change.
  expect(reads).toBeLessThan(100)
})

it('sends each the requested resources, and continues after Last-Event-ID', async () => {
  const after = await present()
  const [topics, all] = await Promise.all([
    open('10.0.0.1', `?after=${after}&resource=topics`),
    open('10.0.0.2', `?after=${after}`),
  ])
  const [ofTopics, ofAll] = [collect(topics), collect(all)]
  const organization = await createRecord(resourceOf('organizations'), api)
  const topic = await createRecord(resourceOf('topics'), api)
  await expect.poll(() => ofAll.keys.length, { timeout: 10_000 }).toBe(2)
  await expect.poll(() => ofTopics.keys, { timeout: 10_000 }).toEqual([topic.key])
  expect(ofAll.keys).toEqual([organization.key, topic.key])
  const id = ofAll.lastId()
  all.destroy()
  const missed = await createRecord(resourceOf('organizations'), api)
  const again = collect(await open('10.0.0.2', '', id))
  await expect.poll(() => again.keys, { timeout: 10_000 }).toEqual([missed.key])
})

it('refuses more than the limit of a client by 429, and of all by 503, until one ends', async () => {
  const mine = await Promise.all(Array.from({ length: 10 }, () => open('10.0.1.1')))
  for (const stream of mine) stream.resume()
  const more = await open('10.0.1.1')
  expect(more.statusCode).toBe(429)
  expect(more.headers['retry-after']).toMatch(/^[1-9]/)
  for (let address = 2; address <= 4; address += 1)
    for (let index = 0; index < 10; index += 1) (await open(`10.0.1.${address}`)).resume()
  const further = await open('10.0.1.9')
  expect(further.statusCode).toBe(503)
  expect(further.headers['retry-after']).toMatch(/^[1-9]/)
  mine[0]?.destroy()
  await expect.poll(async () => (await open('10.0.1.9')).statusCode, { timeout: 10_000 }).toBe(200)
})
