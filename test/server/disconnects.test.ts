import { IncomingMessage, request, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createKey } from '../../src/database/keys.ts'
import { disconnectSignal } from '../../src/server/read-as.ts'
import { useTestApi } from '../support/api.ts'
import { countBlocked, waitUntilBlocked } from '../support/blocked-sessions.ts'

/** Clients that disconnect before the response. */

const api = useTestApi()

const call = { name: 'list', arguments: { resource: 'citations' } }
const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call })

it.each([
  ['/reconcile/preview?id=citations:00000000-0000-7000-8000-000000000000', undefined],
  ['/records/citations/00000000-0000-7000-8000-000000000000?format=csv', undefined],
  ['/mcp', message],
  ['/v1/citations?limit=7', undefined],
])('no error or warning is logged if a client disconnects during a read of %s', async (path, body) => {
  // The logger of a request is created for its first error or warning. `request-log` writes its line without this logger.
  const requestLogger = vi.spyOn(api.app.log, 'child')
  onTestFinished(() => requestLogger.mockRestore())
  const blocker = await api.pool.connect()
  onTestFinished(() => blocker.release(true))
  await blocker.query('begin; lock table citations, records in access exclusive mode')
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const method = body === undefined ? 'GET' : 'POST'
  const client = request(`${api.origin}${path}`, { agent: false, method, headers: body ? headers : {} })
  client.on('error', () => {})
  client.end(body)
  await expect.poll(() => countBlocked(api.pool)).toBeGreaterThan(0)
  client.destroy()
  // Waits until only the request for the metrics is in flight.
  const metrics = async () => (await api.get('/metrics')).text
  await expect.poll(metrics).toMatch(/^entente_http_requests_in_flight 1$/m)
  await blocker.query('rollback')
  expect(requestLogger).not.toHaveBeenCalled()
})

it('disconnectSignal returns an aborted signal if the client has already disconnected', () => {
  const raw = new ServerResponse(new IncomingMessage(new Socket()))
  expect(disconnectSignal({ raw }).aborted).toBe(false)
  raw.destroy()
  expect(disconnectSignal({ raw }).aborted).toBe(true)
})

it('many reads for one client cause no warning of too many listeners', async () => {
  const warnings: Error[] = []
  const collect = (warning: Error) => warnings.push(warning)
  process.on('warning', collect)
  onTestFinished(() => void process.off('warning', collect))
  const response = await fetch(`${api.origin}/compare?country=PAK,DEU,CHN,USA&format=json`)
  expect((await response.text()).match(/"path":/g)?.length).toBeGreaterThan(10)
  // Node.js emits a warning asynchronously, with `process.nextTick`.
  await setImmediate()
  expect(warnings).toEqual([])
})

it('a large body whose client disconnects before it is read does not count toward the limit', async () => {
  const { key } = await api.database.transaction((tx) =>
    createKey(tx, { name: 'An editor', role: 'editor', expiresAt: null }),
  )
  const blocker = await api.pool.connect()
  onTestFinished(() => blocker.release(true))
  await blocker.query('begin; lock table keys in access exclusive mode')
  // The notification drops the cached keys. The reload, and the look-up of the key of each request, wait for the lock.
  await api.pool.query("notify entente_keys, ''")
  const blocked = () => countBlocked(api.pool)
  // At least one reload waits: creating the key also sent a notification, so there may be two.
  await expect.poll(blocked).toBeGreaterThanOrEqual(1)
  const maxBodyBytes = 16 * 1024 * 1024
  const clients = Array.from({ length: 5 }, () =>
    request(`${api.origin}/v1/topics/bulk`, {
      agent: false,
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': maxBodyBytes,
      },
    }),
  )
  const disconnect = () => {
    for (const client of clients) client.destroy()
  }
  onTestFinished(disconnect)
  for (const client of clients) client.on('error', () => {}).flushHeaders()
  await expect.poll(blocked).toBeGreaterThanOrEqual(1 + clients.length)
  disconnect()
  const metrics = async () => (await api.get('/metrics')).text
  await expect.poll(metrics).toMatch(/^entente_http_requests_in_flight 1$/m)
  await blocker.query('rollback')
  await waitUntilBlocked(api.pool, 0)
  expect((await api.get('/v1/topics', { key })).status).toBe(200)
  const body = `{"operations": []}${' '.repeat(2 * 1024 * 1024)}`
  const response = await fetch(`${api.origin}/v1/topics/bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  })
  await response.text()
  expect(response.status).toBe(422)
})
