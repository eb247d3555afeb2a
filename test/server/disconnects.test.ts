import { IncomingMessage, request, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { disconnectSignal } from '../../src/server/read-as.ts'
import { type Api, startTestApi } from '../support/api.ts'

/** Clients that disconnect before the response. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

const call = { name: 'list', arguments: { resource: 'citations' } }
const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call })

it.each([
  ['/reconcile/preview?id=citations:00000000-0000-7000-8000-000000000000', undefined],
  ['/records/citations/00000000-0000-7000-8000-000000000000?format=csv', undefined],
  ['/mcp', message],
  ['/v1/citations?limit=7', undefined],
])('a client that disconnects during a read of %s causes no further line in the log', async (path, body) => {
  // The logger of a request is created when it writes its first line.
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
  const blocked =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  await expect
    .poll(async () => (await api.pool.query(blocked)).rowCount, { timeout: 5000 })
    .toBeGreaterThan(0)
  client.destroy()
  // Only the request for the metrics is in flight.
  const metrics = async () => (await api.get('/metrics')).text
  await expect.poll(metrics, { timeout: 5000 }).toMatch(/^entente_http_requests_in_flight 1$/m)
  await blocker.query('rollback')
  expect(requestLogger).not.toHaveBeenCalled()
})

it('reads within the process are aborted if the client has already disconnected', () => {
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
  // Node.js emits a warning in the next iteration of the event loop.
  await setImmediate()
  expect(warnings).toEqual([])
})
