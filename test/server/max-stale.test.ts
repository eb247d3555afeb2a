import { beforeAll, describe, expect, it } from 'vitest'
import { maxStaleMs } from '../../src/server/plugins/response-cache/cache-control.ts'
import { ClientWrites } from '../../src/server/plugins/response-cache/client-writes.ts'
import { useTestApi } from '../support/api.ts'
import { cacheStatus, isHit, waitUntilCached } from '../support/cache-status.ts'

/** Clients that accept stale responses get them without waiting. */

const stale = 'Entente; hit; detail=stale'
const list = '/v1/sources?limit=3&sort=-createdAt'
const accepting = { headers: { 'cache-control': 'max-stale=60' } }

const api = useTestApi()
beforeAll(async () => {
  await waitUntilCached(api)
})

/** Creates a source with the administrator's key, so clients without a key may get the former list. @returns its path. */
async function createSource(title: string): Promise<string> {
  const { status, headers } = await api.post('/v1/sources', { title, kind: 'report' })
  expect(status).toBe(201)
  return headers.get('location') ?? ''
}

describe('Cache-Control: max-stale', () => {
  it('returns the stored response with Age, and refreshes it in the background', async () => {
    await waitUntilCached(api, list)
    const before = await api.get(list)
    await createSource('Newer than the response')
    const response = await api.get(list, accepting)
    expect(cacheStatus(response)).toBe(stale)
    expect(response.text).toBe(before.text)
    expect(response.headers.get('age')).toMatch(/^\d+$/)
    let after = response
    const refresh = async () => {
      after = await api.get(list, accepting)
      return isHit(after)
    }
    // The response stays stale until the refresh is complete.
    await expect.poll(refresh, { timeout: 5000 }).toBe(true)
    expect(after.text).toContain('Newer than the response')
    expect(after.headers.has('age')).toBe(false)
  })

  it('is required for a stale response: other requests get the current state', async () => {
    await waitUntilCached(api, list)
    await createSource('For others')
    const response = await api.get(list)
    expect(cacheStatus(response)).toBe('Entente; fwd=uri-miss')
    expect(response.text).toContain('For others')
  })

  it('never returns a state from before the last write of the client', async () => {
    await waitUntilCached(api, list)
    const path = await createSource('Of one client')
    const key = await api.post('/v1/keys', { name: 'Writer', role: 'editor' })
    const writer = key.json<{ key: string }>().key
    await waitUntilCached(api, list, { key: writer })
    await api.patch(path, { title: 'Changed by one client' }, { key: writer })
    const response = await api.get(list, { ...accepting, key: writer })
    expect(response.text).toContain('Changed by one client')
    expect(cacheStatus(response)).not.toBe(stale)
  })

  it('never returns a state from before the last write of a client that was evicted from memory', () => {
    const writes = new ClientWrites()
    writes.add('first', 7)
    for (let index = 0; index < 10_000; index += 1) writes.add(`client ${index}`, 5)
    expect(writes.get('first')).toBe(7)
    expect(writes.get('client 0')).toBe(5)
  })

  it('never shows a record that became internal or was redacted', async () => {
    const path = await createSource('A secret of somebody')
    await waitUntilCached(api, list)
    expect((await api.get(list)).text).toContain('A secret of somebody')
    await api.patch(path, { visibility: 'internal' })
    expect((await api.get(list, accepting)).text).not.toContain('A secret of somebody')
    const other = await createSource('Another secret')
    await waitUntilCached(api, list)
    expect((await api.get(list)).text).toContain('Another secret')
    const redaction = { text: 'Another secret', replacement: 'x', reason: 'asked for' }
    expect((await api.post(`${other}/redact`, redaction, { headers: { 'if-match': '*' } })).status).toBe(200)
    expect((await api.get(list, accepting)).text).not.toContain('Another secret')
  })

  it('never shows a removed record that was redacted', async () => {
    const path = await createSource('A third secret')
    await waitUntilCached(api, path)
    expect((await api.get(path)).text).toContain('A third secret')
    const change = { headers: { 'if-match': '*' } }
    expect((await api.delete(path, change)).status).toBe(204)
    const redaction = { text: 'A third secret', replacement: 'x', reason: 'asked for' }
    expect((await api.post(`${path}/redact`, redaction, change)).status).toBe(204)
    const response = await api.get(path, accepting)
    expect([response.status, response.text.includes('A third secret')]).toEqual([404, false])
  })

  it.each([
    [undefined, 0],
    ['no-store', 0],
    ['max-stale=60', 60_000],
    ['private, MAX-STALE="5"', 5000],
    ['max-stale', Number.POSITIVE_INFINITY],
    ['max-stale=soon', 0],
    ['max-stale=60, no-cache', 0],
    ['x-max-stale=60', 0],
  ])('is parsed as the standard defines: %s accepts %d ms', (header, milliseconds) => {
    expect(maxStaleMs(header)).toBe(milliseconds)
  })
})
