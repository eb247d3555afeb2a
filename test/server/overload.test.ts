// @module-tag slow

import { once } from 'node:events'
import { connect } from 'node:net'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type HttpResponse, startTestApi, useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { waitUntilCached } from '../support/cache-status.ts'
import { expectUnavailable } from '../support/unavailable.ts'

/** Excess requests are refused early, with Retry-After. */

const numberIn = (metrics: string, name: string) =>
  Number(
    metrics
      .split('\n')
      .find((candidate) => candidate.startsWith(`${name} `))
      ?.split(' ')[1],
  )

describe('with two busy connections', () => {
  const env = {
    POOL_SIZE: '2',
    POOL_QUEUE: '3',
    POOL_WAIT_SECONDS: '2',
    STATEMENT_SECONDS: '3',
    CACHE_MB: '0',
  }
  const api = useTestApi({ env })
  beforeAll(async () => {
    // At its start, the listener sends itself a notification and loads the keys, over a connection of the pool. So it must be
    // ready before the tests.
    const isReady =
      "application_name = 'entente listener' and state = 'idle' and query like 'select channel from pg_list%'"
    const ready = async () =>
      (await api.pool.query(`select from pg_stat_activity where ${isReady} and datname = current_database()`))
        .rowCount
    await vi.waitFor(async () => expect(await ready()).toBe(1), { timeout: 10_000, interval: 20 })
  })

  /** Blocks a change and a read, which occupy both connections. @returns their responses, and a function that unblocks them. */
  async function occupy() {
    const holder = await api.pool.connect()
    // A write first locks the row in `records`. A lock on the topic alone does not block a write without changes.
    await holder.query(`begin; select from records where resource = 'topics' and key = 'energy' for update;
      lock table citations in access exclusive mode`)
    const blocked = [api.patch('/v1/topics/energy', { name: 'Waited' }), api.get('/v1/citations')]
    const countIdle = async () => numberIn((await api.get('/metrics')).text, 'entente_pool_connections_idle')
    await expect.poll(countIdle, { interval: 5 }).toBe(0)
    const free = async () => {
      await holder.query('rollback')
      holder.release()
    }
    let freed: Promise<void> | undefined
    const freeOnce = () => {
      freed ??= free()
      return freed
    }
    onTestFinished(freeOnce)
    return { blocked, free: freeOnce }
  }

  it('requests up to the limit wait, and return 503 on timeout; others return 503 immediately', async () => {
    const { blocked, free } = await occupy()
    const waited: Promise<[HttpResponse, number]>[] = []
    const began = performance.now()
    for (let limit = 1; limit <= 3; limit += 1) {
      // At most half of POOL_QUEUE, rounded up, may be requests of one client.
      const key = limit === 1 ? null : adminKey
      const response = api.get(`/v1/topics?limit=${limit}`, { key })
      waited.push(response.then((response) => [response, performance.now() - began]))
    }
    const waiting = async () => numberIn((await api.get('/metrics')).text, 'entente_pool_waiting')
    await expect.poll(waiting, { interval: 5 }).toBe(3)
    const sentAt = performance.now()
    for (const response of await Promise.all([1, 2, 3, 4].map(() => api.get('/v1/topics?limit=1')))) {
      expectUnavailable(response, 'overloaded')
      expect(response.json().detail).toBe('Too many requests wait for a database connection (limit 3).')
    }
    expect(performance.now() - sentAt).toBeLessThan(1900)
    // Probes and metrics are served meanwhile.
    expect((await api.get('/readyz')).status).toBe(200)
    for (const [response, milliseconds] of await Promise.all(waited)) {
      expectUnavailable(response, 'overloaded')
      expect(milliseconds).toBeGreaterThan(1900)
    }
    await free()
    await Promise.all(blocked)
    expect((await api.get('/v1/topics/energy')).status).toBe(200)
    const { text } = await api.get('/metrics')
    expect(numberIn(text, 'entente_requests_shed_total{reason="queue"}')).toBeGreaterThanOrEqual(4)
    expect(numberIn(text, 'entente_requests_shed_total{reason="wait"}')).toBeGreaterThanOrEqual(3)
  })

  it('a write or read that waits too long for a lock fails, and its connection stays usable', async () => {
    const countTimeouts = async () =>
      numberIn((await api.get('/metrics')).text, 'entente_statement_timeouts_total')
    const timeoutsBefore = await countTimeouts()
    const { text: unchanged } = await api.get('/v1/topics/energy')
    const { blocked, free } = await occupy()
    for (const response of await Promise.all(blocked)) {
      expectUnavailable(response, 'too-slow')
      expect(response.json().detail).toMatch(/retry a change/)
    }
    await free()
    expect((await api.get('/v1/topics/energy')).text).toBe(unchanged)
    for (const name of ['A', 'B', 'C'])
      expect((await api.patch('/v1/topics/energy', { name })).status).toBe(200)
    expect(await countTimeouts()).toBeGreaterThanOrEqual(timeoutsBefore + 2)
  })

  it('reads and exports over the timeout are cancelled, and the problem says how to avoid it', async () => {
    const holder = await api.pool.connect()
    onTestFinished(() => holder.release())
    await holder.query('begin; lock table citations in access exclusive mode')
    const responses = [api.get('/v1/citations'), api.get('/v1/citations/export?format=csv')]
    for (const response of await Promise.all(responses)) {
      expectUnavailable(response, 'too-slow')
      expect(response.json().detail).toMatch(/Narrow a query/)
    }
    await waitUntilBlocked(api.pool, 0)
    await holder.query('rollback')
    expect((await api.get('/v1/citations/export?format=csv')).status).toBe(200)
  }, 30_000)
})

describe('a process with a delayed event loop', () => {
  it('returns 503 except to probes and metrics, and recovers when the event loop does', async () => {
    const origin = 'https://dashboard.example'
    const api = await startTestApi({ env: { SHED_LAG_MS: '20', CORS_ORIGINS: origin } })
    onTestFinished(() => api.close())
    let isDelayed = true
    const delay = () => {
      const end = performance.now() + 120
      while (performance.now() < end);
      if (isDelayed) setTimeout(delay, 1)
    }
    delay()
    const status = async (path: string) => (await api.get(path)).status
    await expect.poll(() => status('/v1/topics/energy'), { timeout: 15_000, interval: 50 }).toBe(503)
    const refused = await api.get('/v1/topics?limit=1', { headers: { origin } })
    expectUnavailable(refused, 'overloaded')
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin)
    for (const path of ['/healthz', '/readyz', '/metrics']) expect(await status(path)).toBe(200)
    isDelayed = false
    await expect.poll(() => status('/v1/topics/energy'), { timeout: 10_000, interval: 50 }).toBe(200)
  })

  it('refuses no request after a single pause', async () => {
    // The service measures the mean delay of each second. The pause raises the mean of one measurement above the limit,
    // no matter when the pause begins.
    const api = await startTestApi({ env: { SHED_LAG_MS: '25' } })
    onTestFinished(() => api.close())
    const end = performance.now() + 3000
    while (performance.now() < end);
    const statuses = new Set<number>()
    while (performance.now() < end + 1500) statuses.add((await api.get('/v1/topics/energy')).status)
    expect([...statuses]).toEqual([200])
  })
})

it('a process that is short of memory still serves stored responses, probes and metrics', async () => {
  const api = await startTestApi({ env: { SHED_MEMORY_MB: '1000000' } })
  onTestFinished(() => api.close())
  const stored = '/v1/topics?limit=1'
  await waitUntilCached(api, stored)
  const rss = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(1e15)
  onTestFinished(() => rss.mockRestore())
  let limit = 1
  const other = async () => {
    limit += 1
    return api.get(`/v1/topics?limit=${limit}`)
  }
  await expect.poll(async () => (await other()).status, { timeout: 10_000 }).toBe(503)
  expectUnavailable(await other(), 'overloaded')
  expectUnavailable(await api.patch('/v1/topics/energy', { name: 'Refused' }), 'overloaded')
  await waitUntilCached(api, stored)
  for (const path of ['/healthz', '/readyz', '/metrics']) expect((await api.get(path)).status).toBe(200)
  rss.mockRestore()
  await expect.poll(async () => (await other()).status, { timeout: 10_000 }).toBe(200)
})

it('large bodies in memory are limited together, until their clients disconnect', async () => {
  const api = await startTestApi()
  onTestFinished(() => api.close())
  const { hostname, port } = new URL(api.origin)
  const mebibyte = 1024 * 1024
  const announce = async () => {
    const socket = connect(Number(port), hostname).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    socket.write(
      `POST /v1/topics/bulk HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${adminKey}\r\ncontent-type: application/json\r\ncontent-length: ${16 * mebibyte}\r\n\r\n{`,
    )
    return socket
  }
  const sockets = await Promise.all([1, 2, 3, 4].map(announce))
  const sendLarge = () => api.post('/v1/topics/bulk', `{"operations":[]${' '.repeat(2 * mebibyte)}}`)
  await expect.poll(async () => (await sendLarge()).status).toBe(503)
  expectUnavailable(await sendLarge(), 'overloaded')
  // Smaller bodies do not count.
  expect((await api.post('/v1/topics/bulk', { operations: [] })).status).toBe(422)
  sockets[0]?.destroy()
  await expect.poll(async () => (await sendLarge()).status).toBe(422)
})

it('a request that does not arrive in time gets a 408 problem, and its connection is closed', async () => {
  const api = await startTestApi({ env: { REQUEST_SECONDS: '1' } })
  onTestFinished(() => api.close())
  const { hostname, port } = new URL(api.origin)
  const head = `POST /v1/topics/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`
  const sendPart = async (sent: string) => {
    const socket = connect(Number(port), hostname).setEncoding('utf8')
    let text = ''
    socket.on('data', (more) => {
      text += more
    })
    socket.write(sent)
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(text).toMatch(/content-type: application\/problem\+json/)
    expect(text).toContain('"type":"/problems/timeout"')
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
  }
  await Promise.all(['GET /v1/topics HTT', head].map(sendPart))
  expect((await api.get('/v1/topics/energy')).status).toBe(200)
  const { text } = await api.get('/metrics')
  expect(text).not.toMatch(/status="5\d\d"/)
})
