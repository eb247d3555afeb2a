// @module-tag slow

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startTestApi, useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { run } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'

/** Logs and metrics. */

const entrySchema = z.looseObject({
  level: z.number(),
  msg: z.string().optional(),
  requestId: z.string().optional(),
})

describe('the log', () => {
  it('has requests except probes, with their trace ids, and slow statements without values', async () => {
    const { url, close } = await openTestDatabase()
    onTestFinished(close)
    const env = { PORT: '0', DATABASE_URL: url, ADMIN_KEY: adminKey, SLOW_STATEMENT_MS: '1', CACHE_MB: '0' }
    const service = run(['serve'], env)
    const [, origin] = /(http:\S+)/.exec(await service.firstLine) ?? []
    const trace = 'a'.repeat(32)
    const get = (path: string, traceparent?: string) =>
      fetch(`${origin}${path}`, traceparent === undefined ? {} : { headers: { traceparent } })
    const validParent = `00-${trace}-${'b'.repeat(16)}-01`
    const invalidParents = [
      `00-${trace.toUpperCase()}-${'b'.repeat(16)}-01`,
      `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `ff-${trace}-${'b'.repeat(16)}-01`,
      `00-${trace}-${'b'.repeat(16)}-01-more`,
      trace,
      'x',
    ]
    const searched = 'e1a3c7d0-0000-4000-8000-000000000000'
    const record = 'e1a3c7d0-0000-4000-8000-000000000001'
    const traced = await get(`/v1/agreements?limit=3&q=secretary/${searched}`, validParent)
    const ofRecord = await get(`/v1/agreements/${record}?fields=id`, validParent)
    const ofLaterVersion = await get('/v1/topics/energy', `01-${trace}-${'b'.repeat(16)}-01-more`)
    const untraced = await Promise.all([
      ...invalidParents.map((header) => get('/v1/topics/energy', header)),
      get('/v1/nothing'),
    ])
    await get('/healthz')
    service.signal('SIGTERM')
    const { stdout } = await service.ended
    // The first line is the address, not a log entry.
    const lines = stdout.trimEnd().split('\n').slice(1)
    const log = lines.map((line) => entrySchema.parse(JSON.parse(line)))
    const linesOf = (response: Response) =>
      log.filter(({ requestId }) => requestId === response.headers.get('x-request-id'))

    expect(linesOf(traced)).toMatchObject([
      {
        level: 30,
        traceId: trace,
        req: { method: 'GET', route: '/v1/agreements' },
        operationId: 'listAgreements',
        status: '200',
        milliseconds: expect.any(Number),
      },
    ])
    expect(linesOf(ofRecord)).toMatchObject([{ req: { route: '/v1/agreements/:id', record }, status: '404' }])
    expect(linesOf(ofLaterVersion)).toMatchObject([{ traceId: trace, operationId: 'getTopic' }])
    for (const response of untraced) {
      const [line, ...more] = linesOf(response)
      expect(more).toEqual([])
      expect(line).not.toHaveProperty('traceId')
      expect(line).toMatchObject({ status: String(response.status) })
    }
    expect(new Set(untraced.map(({ headers }) => headers.get('x-request-id'))).size).toBe(untraced.length)
    expect(log.filter(({ requestId }) => requestId !== undefined)).toHaveLength(untraced.length + 3)

    const slow = log.filter(({ msg }) => msg === 'slow statement')
    expect(slow.length).toBeGreaterThan(0)
    for (const line of slow)
      expect(line).toMatchObject({
        level: 40,
        statement: expect.any(String),
        milliseconds: expect.any(Number),
      })
    expect(stdout).not.toContain('secretary')
    expect(stdout).not.toContain(searched)
  }, 60_000)
})

describe('the metrics', () => {
  const api = useTestApi()

  const samples = async () => {
    const { text, status, headers } = await api.get('/metrics')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    return new Map(
      text.split('\n').flatMap((line): [string, number][] => {
        const [, name, value] = /^([^#].*) (\S+)$/.exec(line) ?? []
        return name === undefined ? [] : [[name, Number(value)]]
      }),
    )
  }

  it('count requests by operation and status, and successful reads by Cache-Status', async () => {
    for (let index = 0; index < 3; index += 1) await api.get('/v1/topics?limit=3')
    await api.get('/v1/topics?stauts=1')
    await api.get('/v1/topics/there-is-none')
    await api.patch('/v1/topics/energy', { name: 'Energy, counted' })
    await fetch(`${api.origin}/v1/${'x'.repeat(20)}`)
    const sampleOf = await samples()
    const requests = (operation: string, status: number | string) =>
      sampleOf.get(`entente_http_request_duration_seconds_count{operation="${operation}",status="${status}"}`)
    expect(requests('listTopics', 200)).toBe(3)
    expect(requests('listTopics', 400)).toBe(1)
    expect(requests('getTopic', 404)).toBe(1)
    expect(requests('updateTopic', 200)).toBe(1)
    expect(requests('none', 404)).toBe(1)
    // The request for the metrics itself is in flight.
    expect(sampleOf.get('entente_http_requests_in_flight')).toBe(1)
    // Labels are operation ids or paths of routes, never the paths of requests.
    const operations = [...sampleOf.keys()].flatMap((name) => /operation="([^"]*)"/.exec(name)?.[1] ?? [])
    expect(
      operations.filter((operation) => !/^(none|[a-z]+[A-Z]\w+|\/\w+|\/openapi\.json)$/.test(operation)),
    ).toEqual([])
    const counters = [...sampleOf].filter(([name]) => name.startsWith('entente_cache_answers_total'))
    expect(counters.reduce((sum, [, count]) => sum + count, 0)).toBe(3)
    for (const name of [
      'pool_connections',
      'pool_waiting',
      'lane_running{lane="expensive"}',
      'lane_waiting{lane="cheap"}',
      'cache_bytes',
      'cache_entries',
      'cache_on',
      'statement_timeouts_total',
    ])
      expect(sampleOf.get(`entente_${name}`)).toBeGreaterThanOrEqual(0)
    expect(sampleOf.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
    expect(sampleOf.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
  })

  it('report that the cache is active while notifications arrive, even without requests', async () => {
    // Waits until the last verification of the connection is out of date.
    await sleep(300)
    expect((await samples()).get('entente_cache_on')).toBe(1)
  })

  it('count requests that the service makes to itself by the status of their responses', async () => {
    const statuses = async () =>
      [...(await samples())].flatMap(([name, value]) => {
        const [, status] =
          /duration_seconds_count\{operation="searchRegistry",status="(\w+)"/.exec(name) ?? []
        return status === undefined ? [] : [[status, value]]
      })
    expect((await fetch(`${api.origin}/search?q=energy&format=csv`)).status).toBe(200)
    await expect.poll(statuses).toEqual([['200', 1]])
  })

  it('count an aborted request, and no longer count it as in flight', async () => {
    const holder = await api.pool.connect()
    await holder.query("begin; select from topics where slug = 'energy' for update")
    const abort = new AbortController()
    const abortedRequest = fetch(`${api.origin}/v1/topics/energy`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${adminKey}`, 'if-match': '*' },
      signal: abort.signal,
    })
    await expect.poll(async () => (await samples()).get('entente_http_requests_in_flight')).toBe(2)
    abort.abort()
    await expect(abortedRequest).rejects.toThrow()
    await holder.query('rollback')
    holder.release()
    await expect.poll(async () => (await samples()).get('entente_http_requests_in_flight')).toBe(1)
    const aborted = 'entente_http_request_duration_seconds_count{operation="deleteTopic",status="aborted"}'
    expect((await samples()).get(aborted)).toBe(1)
  })

  it.each([
    [{ PUBLIC_READ: 'false' }, 401, 200],
    [{ METRICS: 'key' }, 401, 200],
    [{ METRICS: 'off' }, 404, 404],
  ])('with %j return %i without a key and %i with a key', async (env, withoutKey, withKey) => {
    const service = await startTestApi({ env })
    onTestFinished(() => service.close())
    expect((await service.get('/metrics')).status).toBe(withoutKey)
    expect((await service.get('/metrics', { key: adminKey })).status).toBe(withKey)
    expect((await service.get('/metrics', { key: 'a-wrong-key-in-tests' })).status).toBe(withoutKey)
  })
})
