// @module-tag slow

import { get as httpGet } from 'node:http'
import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { endOfFeed, waitForFeed } from '../support/feed.ts'
import { largeAgreements } from '../support/large-agreements.ts'

/** The feed of changes of very large records. */

const api = useTestApi()

interface FeedPage {
  data: { position: string; version: number }[]
  page: { after: string | null; more: boolean }
}

/** Reads the pages of the changes after a position. @returns the changes, and the size of each page in bytes. */
async function readPages(start: string) {
  const changes: FeedPage['data'] = []
  const pageBytes: number[] = []
  for (let after = start, more = true; more; ) {
    const response = await api.get(`/v1/changes?after=${after}`)
    expect(response.status, response.text).toBe(200)
    const { data, page } = response.json<FeedPage>()
    changes.push(...data)
    pageBytes.push(Buffer.byteLength(response.text))
    after = page.after ?? after
    more = page.more
  }
  return { changes, pageBytes }
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

it('a page ends when its documents have 16 MiB, and the next one continues', async () => {
  const position = await endOfFeed(api)
  const [document] = await largeAgreements(api, 1)
  const created = await createRecord(resourceOf('agreements'), api, document)
  for (let version = 2; version <= 20; version += 1)
    expect((await api.patch(created.path, { title: `Version ${version}` })).status).toBe(200)
  await waitForFeed(api)
  const { changes, pageBytes } = await readPages(position)
  expect(changes.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(pageBytes.length).toBeGreaterThan(1)
  // The last document of a page begins before 16 MiB, and has less than 1 MiB.
  expect(Math.max(...pageBytes)).toBeLessThan(17 * 1024 * 1024)
  expect(await streamPositions(position, 20)).toEqual(changes.map((change) => change.position))
})
