import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Api, openApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** What one client asks keeps no other from being answered. */

let api: Api
beforeAll(async () => {
  const env = { POOL_SIZE: '6', MAX_EXPENSIVE: '2', TRUST_PROXY: '127.0.0.1' }
  api = await openApi({ env })
})
afterAll(() => api.close())

/** Headers of a request of an address that demands a new answer. */
const uncached = (address: string) => ({ 'x-forwarded-for': address, 'cache-control': 'no-cache' })
const from = (address: string) => ({ headers: uncached(address) })

/** Makes every list of citations take until the returned function is called: as expensive as can be. */
async function holdCitations() {
  const holder = await api.pool.connect()
  await holder.query('begin; lock table citations in access exclusive mode')
  let freed: Promise<unknown> | undefined
  const free = () => {
    freed ??= holder.query('rollback').finally(() => holder.release())
    return freed
  }
  onTestFinished(async () => void (await free()))
  return free
}

const inLane = () => api.database.laneCounts('expensive')

/** Statements that wait for the lock, and contain a text. */
async function countHeld(text = '') {
  const { rowCount } = await api.pool.query(
    `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
     and application_name like 'entente %' and position($1 in query) > 0`,
    [text],
  )
  return rowCount
}

/** Sends a request on a connection of its own, whose client may leave. The status is undefined when it has. */
function ask(path: string, headers: Record<string, string>) {
  const sent = request(`${api.origin}${path}`, { headers, agent: false })
  const status = new Promise<number | undefined>((resolve) => {
    sent.on('response', (response) => resolve(response.resume().statusCode))
    sent.on('error', () => resolve(undefined))
  })
  sent.end()
  return { status, leave: () => sent.destroy() }
}

describe('while one client holds all expensive connections and has more that wait', () => {
  it('others read, write and are next, and a client that leaves frees its place within a second', async () => {
    const free = await holdCitations()
    const asked = [1, 2, 3, 4].map((limit) => ask(`/v1/citations?limit=${limit}`, uncached('192.0.2.1')))
    await expect.poll(inLane).toEqual({ running: 2, waiting: 2 })

    const startedAt = performance.now()
    expect((await api.get('/v1/topics/energy', from('192.0.2.2'))).status).toBe(200)
    expect((await api.get('/v1/topics?limit=2', from('192.0.2.2'))).status).toBe(200)
    expect((await api.patch('/v1/topics/energy', { name: 'Energy!' })).status).toBe(200)
    expect((await api.get('/readyz')).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(3000)

    const other = ask('/v1/citations?rank=preferred', uncached('192.0.2.2'))
    await expect.poll(inLane).toEqual({ running: 2, waiting: 3 })
    expect(await countHeld('"rank"')).toBe(0)
    asked[0]?.leave()
    asked[1]?.leave()
    asked[2]?.leave()
    await expect.poll(() => countHeld('"rank"'), { timeout: 1000 }).toBe(1)
    await expect.poll(() => countHeld(), { timeout: 1000 }).toBeLessThanOrEqual(2)
    await free()
    expect(await other.status).toBe(200)
    expect(await asked[3]?.status).toBe(200)
  })

  it('a client is told with 429 when too many of its requests wait, and others are not', async () => {
    const free = await holdCitations()
    const lists = (count: number, address: string) =>
      Array.from({ length: count }, () => ask('/v1/citations?limit=5', uncached(address)))
    const first = lists(4, '192.0.2.1')
    await expect.poll(inLane).toEqual({ running: 2, waiting: 2 })
    const more = lists(14, '192.0.2.1')
    await expect.poll(() => inLane().waiting).toBe(16)
    const refused = await api.get('/v1/citations?limit=5', from('192.0.2.1'))
    expect(refused.status).toBe(429)
    expect(refused.json()).toMatchObject({ type: '/problems/too-many-waiting' })
    expect(refused.headers.get('retry-after')).toBe('5')
    expect((await api.get('/metrics')).text).toContain(
      'entente_requests_over_share_total{lane="expensive"} 1',
    )
    const others = lists(1, '192.0.2.2')
    await expect.poll(() => inLane().waiting).toBe(17)
    await free()
    for (const { status } of [...first, ...more, ...others]) expect(await status).toBe(200)
  })

  it('the end clients of a key share what the key gets', async () => {
    const free = await holdCitations()
    const endClient = (name: string) => ({
      authorization: `Bearer ${adminKey}`,
      'client-id': name,
      'cache-control': 'no-cache',
    })
    const greedy = [11, 12, 13].map((limit) => ask(`/v1/citations?limit=${limit}`, endClient('greedy')))
    await expect.poll(inLane).toEqual({ running: 2, waiting: 1 })
    const modest = ask('/v1/citations?rank=preferred', endClient('modest'))
    await expect.poll(() => inLane().waiting).toBe(2)
    greedy[0]?.leave()
    greedy[1]?.leave()
    await expect.poll(() => countHeld('"rank"'), { timeout: 1000 }).toBe(1)
    await free()
    expect(await modest.status).toBe(200)
  })
})

it('a response that several wait for is made until the last of them has left', async () => {
  const free = await holdCitations()
  const path = '/v1/citations?limit=7'
  const [first, second] = [
    ask(path, { 'x-forwarded-for': '192.0.2.1' }),
    ask(path, { 'x-forwarded-for': '192.0.2.2' }),
  ]
  await expect.poll(() => inLane().running).toBe(1)
  first.leave()
  await delay(200)
  expect(await countHeld()).toBe(1)
  second.leave()
  await expect.poll(() => countHeld(), { timeout: 1000 }).toBe(0)
  const third = ask(path, { 'x-forwarded-for': '192.0.2.3' })
  await free()
  expect(await third.status).toBe(200)
})
