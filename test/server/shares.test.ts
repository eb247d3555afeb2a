// @module-tag slow

import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** One client cannot block the requests of other clients. */

const api = useTestApi({ env: { POOL_SIZE: '6', MAX_EXPENSIVE: '2', TRUST_PROXY: '127.0.0.1' } })

/** Headers of a request that comes from an address and bypasses the cache. */
const uncached = (address: string) => ({ 'x-forwarded-for': address, 'cache-control': 'no-cache' })
const from = (address: string) => ({ headers: uncached(address) })

/** Blocks every list of citations until the returned function is called. */
async function blockCitations() {
  const blocker = await api.pool.connect()
  await blocker.query('begin; lock table citations in access exclusive mode')
  let unblocked: Promise<unknown> | undefined
  const unblock = () => {
    unblocked ??= blocker.query('rollback').finally(() => blocker.release())
    return unblocked
  }
  onTestFinished(async () => void (await unblock()))
  return unblock
}

const countLane = () => api.database.laneCounts('expensive')

/**
 * Polls the counts of the expensive lane. The limit of this lane is lower by one until a second after the last cheap statement of
 * another client.
 */
const expectLane = () => expect.poll(countLane, { timeout: 5000 })

/** Counts the service's statements that wait for a lock and contain a text. */
async function countBlockedStatements(text = '') {
  const { rowCount } = await api.pool.query(
    `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()
     and application_name like 'entente %' and position($1 in query) > 0`,
    [text],
  )
  return rowCount
}

/** Sends a request on its own connection. The status is undefined if the client has disconnected. */
function sendRequest(path: string, headers: Record<string, string>) {
  const sent = request(`${api.origin}${path}`, { headers, agent: false })
  const status = new Promise<number | undefined>((resolve) => {
    sent.on('response', (response) => resolve(response.resume().statusCode))
    sent.on('error', () => resolve(undefined))
  })
  sent.end()
  return { status, disconnect: () => sent.destroy() }
}

describe('while one client has all expensive connections and further requests in the queue', () => {
  it('others can read and write, and get a connection when the client disconnects', async () => {
    const unblock = await blockCitations()
    const requests = [1, 2, 3, 4].map((limit) =>
      sendRequest(`/v1/citations?limit=${limit}`, uncached('192.0.2.1')),
    )
    await expectLane().toEqual({ running: 2, waiting: 2 })

    const startedAt = performance.now()
    expect((await api.get('/v1/topics/energy', from('192.0.2.2'))).status).toBe(200)
    expect((await api.get('/v1/topics?limit=2', from('192.0.2.2'))).status).toBe(200)
    expect((await api.patch('/v1/topics/energy', { name: 'Energy!' })).status).toBe(200)
    expect((await api.get('/readyz')).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(3000)

    const other = sendRequest('/v1/citations?rank=preferred', uncached('192.0.2.2'))
    await expectLane().toEqual({ running: 2, waiting: 3 })
    expect(await countBlockedStatements('"rank"')).toBe(0)
    requests[0]?.disconnect()
    requests[1]?.disconnect()
    requests[2]?.disconnect()
    await expect.poll(() => countBlockedStatements('"rank"'), { timeout: 5000 }).toBe(1)
    await expect.poll(() => countBlockedStatements(), { timeout: 5000 }).toBeLessThanOrEqual(2)
    await unblock()
    expect(await other.status).toBe(200)
    expect(await requests[3]?.status).toBe(200)
  })

  it('only the client with too many waiting requests gets 429', async () => {
    const unblock = await blockCitations()
    const lists = (count: number, address: string) =>
      Array.from({ length: count }, () => sendRequest('/v1/citations?limit=5', uncached(address)))
    const first = lists(4, '192.0.2.1')
    await expectLane().toEqual({ running: 2, waiting: 2 })
    const more = lists(14, '192.0.2.1')
    await expect.poll(() => countLane().waiting, { timeout: 5000 }).toBe(16)
    const refused = await api.get('/v1/citations?limit=5', from('192.0.2.1'))
    expect(refused.status).toBe(429)
    expect(refused.json()).toMatchObject({ type: '/problems/too-many-waiting' })
    expect(refused.headers.get('retry-after')).toBe('5')
    expect((await api.get('/metrics')).text).toContain(
      'entente_requests_over_share_total{lane="expensive"} 1',
    )
    const others = lists(1, '192.0.2.2')
    await expect.poll(() => countLane().waiting, { timeout: 5000 }).toBe(17)
    await unblock()
    for (const { status } of [...first, ...more, ...others]) expect(await status).toBe(200)
  })

  it('a waiting end user is served when another end user of its key disconnects', async () => {
    const unblock = await blockCitations()
    const endUser = (name: string) => ({
      authorization: `Bearer ${adminKey}`,
      'client-id': name,
      'cache-control': 'no-cache',
    })
    const greedy = [11, 12, 13].map((limit) => sendRequest(`/v1/citations?limit=${limit}`, endUser('greedy')))
    await expectLane().toEqual({ running: 2, waiting: 1 })
    const modest = sendRequest('/v1/citations?rank=preferred', endUser('modest'))
    await expect.poll(() => countLane().waiting, { timeout: 5000 }).toBe(2)
    greedy[0]?.disconnect()
    greedy[1]?.disconnect()
    await expect.poll(() => countBlockedStatements('"rank"'), { timeout: 5000 }).toBe(1)
    await unblock()
    expect(await modest.status).toBe(200)
    // Waits for the last request, since the next test blocks citations again.
    expect(await greedy[2]?.status).toBe(200)
  })
})

it('a response that several clients wait for is computed until the last of them disconnects', async () => {
  const unblock = await blockCitations()
  const path = '/v1/citations?limit=7'
  const [first, second] = [
    sendRequest(path, { 'x-forwarded-for': '192.0.2.1' }),
    sendRequest(path, { 'x-forwarded-for': '192.0.2.2' }),
  ]
  await expect.poll(() => countLane().running, { timeout: 5000 }).toBe(1)
  first.disconnect()
  await delay(200)
  expect(await countBlockedStatements()).toBe(1)
  second.disconnect()
  await expect.poll(() => countBlockedStatements(), { timeout: 5000 }).toBe(0)
  const third = sendRequest(path, { 'x-forwarded-for': '192.0.2.3' })
  await unblock()
  expect(await third.status).toBe(200)
})

describe('a response that two clients wait for', () => {
  const path = '/v1/citations?rank=preferred&limit=3'

  it('gets a connection when it is the turn of the second client', async () => {
    const unblock = await blockCitations()
    const requests = [31, 32, 33, 34].map((limit) =>
      sendRequest(`/v1/citations?limit=${limit}`, uncached('192.0.2.1')),
    )
    await expectLane().toEqual({ running: 2, waiting: 2 })
    const first = sendRequest(path, { 'x-forwarded-for': '192.0.2.1' })
    await expectLane().toEqual({ running: 2, waiting: 3 })
    const second = sendRequest(path, { 'x-forwarded-for': '192.0.2.2' })
    await delay(200)
    // The response still waits only once.
    expect(countLane().waiting).toBe(3)
    requests[0]?.disconnect()
    requests[1]?.disconnect()
    await expect.poll(() => countBlockedStatements('"rank"'), { timeout: 5000 }).toBe(1)
    await unblock()
    for (const { status } of [first, second, ...requests.slice(2)]) expect(await status).toBe(200)
  })

  it('is computed for the second client if the first has too many waiting requests', async () => {
    const cheap = '/v1/figures?limit=3&sort=title&country='
    expect((await api.get(`${cheap}PAK`, from('192.0.2.1'))).status).toBe(200)
    const unblock = await blockCitations()
    const requests = Array.from({ length: 18 }, () =>
      sendRequest('/v1/citations?limit=5', uncached('192.0.2.1')),
    )
    await expectLane().toEqual({ running: 2, waiting: 16 })
    const blocker = await api.pool.connect()
    onTestFinished(() => blocker.release(true))
    await blocker.query('begin; lock table figures in access exclusive mode')
    // The read runs in the cheap lane until it is known to be expensive, and then needs a connection of the expensive lane.
    const first = sendRequest(`${cheap}CHN`, { 'x-forwarded-for': '192.0.2.1' })
    await delay(50)
    const second = sendRequest(`${cheap}CHN`, { 'x-forwarded-for': '192.0.2.2' })
    expect(await first.status).toBe(429)
    await expect.poll(() => countLane().waiting, { timeout: 5000 }).toBe(17)
    await blocker.query('rollback')
    await unblock()
    for (const { status } of [second, ...requests]) expect(await status).toBe(200)
  })
})
