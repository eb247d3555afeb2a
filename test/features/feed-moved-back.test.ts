import { expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'
import { endOfFeed } from '../support/feed.ts'

/** Streams of a service that keeps running while its registry is restored to an earlier state. */

const api = useTestApi()

/** Opens a stream after a position, and collects its text. */
async function openStream(after: string) {
  const response = await fetch(`${api.origin}/v1/changes/stream?after=${after}`)
  expect(response.status).toBe(200)
  const stream = { text: '', hasEnded: false }
  const decoder = new TextDecoder()
  const collect = async () => {
    for await (const chunk of response.body ?? []) stream.text += decoder.decode(chunk, { stream: true })
    stream.hasEnded = true
  }
  // The stream fails when the service closes its connection at the end of the tests.
  collect().catch(() => {})
  return stream
}

/** Transactions get ids from a counter of the cluster, to which the feed adds this offset. */
const setOffset = (offset: number) =>
  api.pool.query("update settings set value = $1 where name = 'feed_offset'", [offset])

it('streams end when the feed moves back, and later streams have the changes that follow', async () => {
  await createRecord(resourceOf('topics'), api)
  const earlier = await endOfFeed(api)
  await setOffset(1_000_000)
  const lost = await createRecord(resourceOf('topics'), api)
  expect(await endOfFeed(api)).toMatch(/^1\d{6}\./)
  const stream = await openStream(earlier)
  await expect.poll(() => stream.text).toContain(lost.key)
  // The first change came from the database. The feed sends a later one only after it has found its own end.
  const last = await createRecord(resourceOf('topics'), api)
  await expect.poll(() => stream.text).toContain(last.key)
  // The running feed has read the last change. Now the cluster is at an earlier state.
  await setOffset(0)
  await expect.poll(() => stream.hasEnded).toBe(true)
  const later = await openStream(earlier)
  const { key } = await createRecord(resourceOf('topics'), api)
  await expect.poll(() => later.text).toContain(key)
})
