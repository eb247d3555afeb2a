import { get as httpGet } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'

/** The feed of changes of very large records. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

interface FeedPage {
  data: { position: string; key: string; version: number }[]
  page: { after: string | null; more: boolean }
}

/** Reads the pages of the changes after a position. @returns the changes, and the bytes of each page. */
async function readPages(start: string) {
  const changes: FeedPage['data'] = []
  const sizes: number[] = []
  for (let after = start, more = true; more; ) {
    const response = await api.get(`/v1/changes?after=${after}`)
    expect(response.status, response.text).toBe(200)
    const { data, page } = response.json<FeedPage>()
    changes.push(...data)
    sizes.push(Buffer.byteLength(response.text))
    after = page.after ?? after
    more = page.more
  }
  return { changes, sizes }
}

/** Returns the first positions that a stream sends. */
async function streamPositions(after: string, count: number): Promise<string[]> {
  const positions: string[] = []
  const stream = await new Promise<AsyncIterable<Buffer>>((resolve) => {
    httpGet(`${api.origin}/v1/changes/stream?after=${after}`, { agent: false }, resolve)
  })
  let rest = ''
  for await (const chunk of stream) {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n')
    rest = lines.pop() ?? ''
    positions.push(...lines.filter((line) => line.startsWith('id: ')).map((line) => line.slice(4)))
    if (positions.length >= count) break
  }
  return positions
}

/** Creates an agreement of about 4 MB with a party for each of 200 countries. @returns its path. */
async function createLargeAgreement(): Promise<string> {
  const text = '长'.repeat(1000)
  const actions = Array.from({ length: 6 }, (_, index) => ({
    kind: 'signed',
    date: `${1990 + index}`,
    note: text,
  }))
  const page = await api.get('/v1/countries?limit=200&fields=code')
  const parties = page
    .json<{ data: { code: string }[] }>()
    .data.map(({ code }) => ({ country: code, role: 'party', contribution: text, actions }))
  const document = { title: 'Of many parties', kind: 'treaty', parties }
  const created = await api.post('/v1/agreements/bulk', { operations: [{ op: 'create', document }] })
  expect(created.status, created.text).toBe(200)
  return `/v1/agreements/${created.json<{ results: { id: string }[] }>().results[0]?.id}`
}

it('a page ends when its documents have 16 MiB, and the next one continues', async () => {
  const { key } = await createRecord(resourceOf('organizations'), api)
  const path = await createLargeAgreement()
  for (let version = 2; version <= 5; version += 1)
    expect((await api.patch(path, { title: `Version ${version}` })).status).toBe(200)
  const first = await api.get('/v1/changes?resource=organizations&order=desc&limit=1')
  const [{ position = '', key: firstKey = '' } = {}] = first.json<FeedPage>().data
  expect(firstKey).toBe(key)
  const { changes, sizes } = await readPages(position)
  expect(changes.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5])
  expect(sizes.length).toBeGreaterThan(1)
  expect(Math.max(...sizes)).toBeLessThan(22 * 1024 * 1024)
  expect(await streamPositions(position, 5)).toEqual(changes.map((change) => change.position))
})
