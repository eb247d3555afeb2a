// @module-tag slow

import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { buildApp } from '../../src/server/app.ts'
import { useTestApi } from '../support/api.ts'
import { readTestConfig } from '../support/app.ts'
import { isHit, waitUntilCached } from '../support/cache-status.ts'
import { registry } from '../support/registry.ts'
import { runWrites, sqlWrite, writtenTables } from '../support/sql-writes.ts'

/** A stored response becomes stale when a resource from which it was read changes. A change of visibility removes all stored responses. */

const api = useTestApi({ env: { RATE_LIMIT: '0' } })
beforeAll(async () => {
  await waitUntilCached(api)
})

const energy = '/v1/agreements?topic=energy&limit=2'

describe('a change to one resource', () => {
  it.each([
    ['a list', '/v1/agreements?sort=-signedOn&limit=3'],
    ['a list of some properties', '/v1/agreements?fields=title,kind&limit=3'],
    ['a list by country', '/v1/agreements?country=PAK&limit=3'],
    ['a list by topic', energy],
    ['a record', '/v1/countries/CHN'],
    ['an aggregate', '/v1/agreements/aggregate?groupBy=country,signedYear'],
  ])('leaves stored responses of other resources valid: %s', async (_what, url) => {
    await waitUntilCached(api, url)
    const { status } = await api.post('/v1/sources', { title: 'Another one', kind: 'report' })
    expect(status).toBe(201)
    expect(isHit(await api.get(url))).toBe(true)
  })

  it.each([
    ['the resource itself', '/v1/sources?fields=id&limit=3'],
    ['a search across resources', '/v1/search?q=another'],
    ['the history of a record of another resource', '/v1/countries/CHN/history'],
  ])('makes stored responses stale: %s', async (_what, url) => {
    await waitUntilCached(api, url)
    await api.post('/v1/sources', { title: 'Another one', kind: 'report' })
    expect(isHit(await api.get(url))).toBe(false)
  })

  it('makes a list by topic stale if a topic changes', async () => {
    await waitUntilCached(api, energy)
    await api.patch('/v1/topics/energy', { name: 'Energy, changed' })
    expect(isHit(await api.get(energy))).toBe(false)
  })
})

it('a change of visibility removes the stored responses of other resources, too', async () => {
  const source = await api.post('/v1/sources', { title: 'To hide', kind: 'report' })
  const path = source.headers.get('location') ?? ''
  for (const visibility of ['internal', 'public']) {
    await waitUntilCached(api, energy)
    await api.patch(path, { visibility })
    expect(isHit(await api.get(energy))).toBe(false)
  }
})

/** The paths of lists and aggregates, from the declarations of the resources. */
const listReads = registry.resources.flatMap(({ name, sorts, dimensions, filters, includes, key }) => {
  const list = `/v1/${name}`
  const [sort = key.property] = Object.keys(sorts)
  const exampleFilters = { country: 'CHN', topic: 'energy', region: '142' }
  return [
    `${list}?limit=5`,
    `${list}?limit=5&sort=-updatedAt`,
    `${list}?limit=5&sort=${sort}&fields=${key.property}`,
    `${list}?limit=5&count=exact&q=a`,
    `${list}?limit=5&include=names`,
    ...Object.keys(includes()).map((include) => `${list}?limit=5&include=${include}`),
    ...Object.entries(exampleFilters).flatMap(([filter, value]) =>
      filter in filters ? [`${list}?limit=5&${filter}=${value}`] : [],
    ),
    ...Object.keys(dimensions).map((dimension) => `${list}/aggregate?limit=5&groupBy=${dimension}`),
  ]
})
const otherReads = [
  '/v1/search?q=energy',
  '/v1/network?limit=20',
  '/v1/countries/CHN/network',
  '/v1/countries/CHN',
  '/v1/countries/CHN/history',
  '/v1/countries/CHN/briefing',
  '/v1/changes?limit=5',
  '/v1/topics/energy',
]

it('responses after SQL writes to any table equal those without a cache', { timeout: 120_000 }, async () => {
  const uncached = await buildApp({
    config: readTestConfig({ CACHE_MB: '0', RATE_LIMIT: '0' }),
    database: api.database,
    registry,
  })
  const urls = [...listReads, ...otherReads]
  const writes = fc.sample(sqlWrite, { numRuns: 2 * writtenTables.length, seed: 2026 })
  const read = async (app: typeof uncached, url: string) =>
    (await app.inject({ url, headers: { accept: '*/*' } })).body
  // Every table is written to, independently of the sample.
  for (const [index, table] of writtenTables.entries()) {
    const chosen = fc.sample(fc.constantFrom(...urls), { numRuns: 12, seed: index })
    for (const url of chosen) await read(api.app, url)
    const update = { table, action: 'update', row: index, draw: index, savepoint: 'none' } as const
    await runWrites(api.pool, [update, ...writes.slice(2 * index, 2 * index + 2)], 'commit')
    for (const url of chosen) {
      const expectSame = async () => expect(await read(api.app, url), url).toBe(await read(uncached, url))
      await vi.waitFor(expectSame, { timeout: 5000, interval: 20 })
    }
  }
  await uncached.close()
})
