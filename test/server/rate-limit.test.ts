// @module-tag slow

import Fastify from 'fastify'
import fp from 'fastify-plugin'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKey } from '../../src/database/keys.ts'
import { rateLimit } from '../../src/server/plugins/rate-limit.ts'
import { type HttpResponse, sharedApi, startTestApi, useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** Rate limits, and limits of wrong keys. */

describe('with a limit of units per minute', () => {
  const unitsPerMinute = 30
  const api = useTestApi({ env: { RATE_LIMIT: String(unitsPerMinute), TRUST_PROXY: '127.0.0.1' } })
  afterEach(() => {
    vi.useRealTimers()
  })

  let clientCount = 0
  /** Returns the headers of a client with a new address. */
  const newClient = () => {
    clientCount += 1
    return { headers: { 'x-forwarded-for': `203.0.113.${clientCount}` } }
  }
  const statuses = async (count: number, path: string, options = {}) => {
    const found: number[] = []
    for (let index = 0; index < count; index++) found.push((await api.get(path, options)).status)
    return found
  }
  const path = '/v1/countries/CHN'

  it('allows each address this number of units, sends how many remain, then returns 429', async () => {
    const client = newClient()
    const first = await api.get(path, client)
    expect(first.headers.get('ratelimit-policy')).toBe(`"units";q=${unitsPerMinute};w=60`)
    expect(first.headers.get('ratelimit')).toMatch(new RegExp(`^"units";r=${unitsPerMinute - 1};t=\\d+$`))
    expect(new Set(await statuses(unitsPerMinute - 1, path, client))).toEqual(new Set([200]))
    const refused = await api.get(path, client)
    expect(refused.status).toBe(429)
    expect(refused.json()).toMatchObject({ type: '/problems/rate-limited', status: 429 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('ratelimit')).toMatch(/^"units";r=0;t=\d+$/)
    // Other clients have their own limits, and the probe has none.
    expect((await api.get(path, newClient())).status).toBe(200)
    expect((await api.get('/healthz', client)).status).toBe(200)
  })

  it('sends how many units remain after the reads that a request causes', async () => {
    const { headers } = newClient()
    const remaining = (response: Response) =>
      Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1])
    const queries = encodeURIComponent('{"a":{"query":"China","type":"countries"}}')
    const reconciled = await fetch(`${api.origin}/reconcile?queries=${queries}`, { headers })
    expect(reconciled.status).toBe(200)
    expect(remaining(reconciled)).toBeLessThan(unitsPerMinute - 1)
    const next = await fetch(`${api.origin}${path}`, { headers })
    expect(remaining(next)).toBe(remaining(reconciled) - 1)
  })

  it('refuses no preflight of a browser, and does not count it, since it has no key', async () => {
    const { headers } = newClient()
    const preflight = { ...headers, origin: 'https://page.example', 'access-control-request-method': 'POST' }
    const ask = async () => (await api.request('OPTIONS', '/reconcile', { headers: preflight })).status
    expect(await ask()).toBe(204)
    expect(await statuses(unitsPerMinute + 1, path, { headers })).toEqual([
      ...Array(unitsPerMinute).fill(200),
      429,
    ])
    expect(await ask()).toBe(204)
    expect((await api.request('OPTIONS', '/reconcile', { headers })).status).toBe(429)
    expect((await api.request('OPTIONS', '/reconcile', { headers: preflight, body: {} })).status).toBe(429)
  })

  it('asks a client to wait for at most a minute, even if the time of day is set back', async () => {
    const client = newClient()
    await statuses(unitsPerMinute, path, client)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
    const refused = await api.get(path, client)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  })

  it('an aggregate costs ten units, as the OpenAPI document says, and a search two', async () => {
    const client = newClient()
    const cost = (path: string, method: string) => Object(api.document.paths)[path][method]['x-cost']
    expect(cost('/v1/agreements/aggregate', 'get')).toBe(10)
    expect(cost('/v1/agreements/search', 'post')).toBe(2)
    const left = async (response: Promise<HttpResponse>) =>
      /r=(\d+)/.exec((await response).headers.get('ratelimit') ?? '')?.[1]
    expect(await left(api.get('/v1/agreements/aggregate?groupBy=status', client))).toBe(
      String(unitsPerMinute - 10),
    )
    expect(await left(api.post('/v1/agreements/search', {}, { ...client, key: null }))).toBe(
      String(unitsPerMinute - 12),
    )
    expect(await left(api.get(path, client))).toBe(String(unitsPerMinute - 13))
  })

  it('a request that costs more units than are left is refused, and uses none of them', async () => {
    const client = newClient()
    const aggregate = '/v1/agreements/aggregate?groupBy=status'
    expect(await statuses(2, aggregate, client)).toEqual([200, 200])
    expect((await api.get(path, client)).status).toBe(200)
    const refused = await api.get(aggregate, client)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('ratelimit')).toMatch(/^"units";r=9;t=\d+$/)
    expect(await statuses(10, path, client)).toEqual([...Array(9).fill(200), 429])
  })

  it('a request may use the last units that are left', async () => {
    const client = newClient()
    const aggregate = '/v1/agreements/aggregate?groupBy=status'
    expect(await statuses(4, aggregate, client)).toEqual([200, 200, 200, 429])
  })

  it('a key has its own limit, which applies to requests from any address', async () => {
    const { key } = await api.database.transaction((tx) =>
      createKey(tx, { name: 'A key', role: 'reader', expiresAt: null }),
    )
    const [one, other] = [newClient(), newClient()]
    const allowed = await statuses(unitsPerMinute, path, { key, ...one })
    expect(allowed).toEqual(Array(unitsPerMinute).fill(200))
    expect((await api.get(path, { key, ...other })).status).toBe(429)
    expect((await api.get(path, one)).status).toBe(200)
  })

  it('requests to unknown paths count, too', async () => {
    const client = newClient()
    expect(new Set(await statuses(unitsPerMinute, '/v1/nothing', client))).toEqual(new Set([404]))
    expect((await api.request('GET', '/docs/nothing', client)).status).toBe(429)
  })

  it('requests that are refused for a missing key or a low role count, too', async () => {
    const { key } = await api.database.transaction((tx) =>
      createKey(tx, { name: 'A reader', role: 'reader', expiresAt: null }),
    )
    for (const [sender, refusal] of [
      [{ ...newClient(), key: null }, 401],
      [{ ...newClient(), key }, 403],
    ] as const) {
      const found: number[] = []
      for (let index = 0; index <= unitsPerMinute; index += 1)
        found.push((await api.post('/v1/agreements', {}, sender)).status)
      expect(found).toEqual([...Array(unitsPerMinute).fill(refusal), 429])
    }
  })

  it('after 20 requests with one wrong key, an address gets 429 for wrong keys and 200 for valid', async () => {
    const client = newClient()
    const wrong = { ...client, key: 'not-the-key' }
    expect(await statuses(20, path, wrong)).toEqual(Array(20).fill(401))
    const refused = await api.get(path, wrong)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const unknown = `ent_abcdefgh_${'x'.repeat(43)}`
    expect((await api.get(path, { ...client, key: unknown })).status).toBe(429)
    const { key } = await api.database.transaction((tx) =>
      createKey(tx, { name: 'A right key', role: 'reader', expiresAt: null }),
    )
    await expect.poll(async () => (await api.get(path, { ...client, key })).status).toBe(200)
    // Each wrong key counts as one guess of ADMIN_KEY, however often it was sent.
    expect((await api.get(path, { ...client, key: adminKey })).status).toBe(200)
    expect((await api.get(path, client)).status).toBe(200)
  })

  it('limits guesses of ADMIN_KEY per address; an address that has used it may still use it', async () => {
    const [stranger, owner] = [newClient(), newClient()]
    expect((await api.get(path, { ...owner, key: adminKey })).status).toBe(200)
    for (const client of [stranger, owner])
      for (let guess = 0; guess < 20; guess += 1)
        expect((await api.get(path, { ...client, key: `guess-number-${guess}` })).status).toBe(401)
    expect((await api.get(path, { ...stranger, key: adminKey })).status).toBe(429)
    expect((await api.get(path, { ...owner, key: adminKey })).status).toBe(200)
    expect((await api.get(path, { ...owner, key: 'another-guess' })).status).toBe(429)
    expect((await api.get(path, { ...newClient(), key: adminKey })).status).toBe(200)
  })
})

it('of requests that start together, as many succeed as the units that are left allow', async () => {
  const app = Fastify()
  const client = { name: 'address 203.0.113.7', group: 'address 203.0.113.7', isAnonymous: true }
  await app.register(
    fp(
      async (parent) => {
        parent.decorateRequest('client', { getter: () => client })
      },
      { name: 'client' },
    ),
  )
  await app.register(rateLimit, { maxPerMinute: 15 })
  app.get('/', { config: { cost: 10 } }, async () => 'done')
  const responses = await Promise.all([app.inject('/'), app.inject('/')])
  expect(responses.map(({ statusCode, headers }) => [statusCode, headers.ratelimit])).toEqual([
    [200, '"units";r=5;t=60'],
    [429, '"units";r=5;t=60'],
  ])
})

it('a request that costs more than the whole limit is refused even before any unit is used', async () => {
  const api = await startTestApi({ env: { RATE_LIMIT: '5' } })
  onTestFinished(() => api.close())
  const refused = await api.get('/v1/agreements/aggregate?groupBy=status')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
})

it('without a limit, responses have no rate limit headers', async () => {
  const { headers } = await (await sharedApi()).get('/v1/countries/CHN')
  expect([headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([null, null])
})
