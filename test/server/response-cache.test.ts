// @module-tag slow

import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Pool } from '../../src/database/pool.ts'
import { Representation } from '../../src/server/plugins/response-cache/representation.ts'
import { ResponseStore } from '../../src/server/plugins/response-cache/response-store.ts'
import { startTestApi, useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { countBlocked, waitUntilBlocked } from '../support/blocked-sessions.ts'
import { cacheStatus, isHit, waitUntilCached } from '../support/cache-status.ts'
import { importTables } from '../support/import-tables.ts'

/** Stored responses are served while they are current; otherwise the database is read. */

const api = useTestApi()
beforeAll(async () => {
  await waitUntilCached(api)
})

/** Returns how often the service uses a connection to its database while `work` runs. */
async function countAcquired(work: () => Promise<unknown>): Promise<number> {
  const acquire = vi.spyOn(Pool.prototype, 'acquire')
  try {
    await work()
    return acquire.mock.calls.length
  } finally {
    acquire.mockRestore()
  }
}

/**
 * Runs `work`, which must not read the database. `work` is retried: after a long pause of the machine, the service verifies
 * its connection for notifications before it serves stored responses.
 */
async function withoutDatabase(work: () => Promise<unknown>): Promise<void> {
  await vi.waitFor(async () => expect(await countAcquired(work)).toBe(0), { timeout: 5000 })
}

const agreement = (title: string) => ({
  title,
  kind: 'agreement',
  parties: [{ country: 'CHN', role: 'party' }],
})

async function newAgreement(): Promise<string> {
  const response = await api.post('/v1/agreements', agreement('To be read'))
  expect(response.status).toBe(201)
  return response.headers.get('location') ?? ''
}

/** Locks a table against reads. @returns a function that releases the lock. */
async function lockTable(table: string): Promise<() => Promise<void>> {
  const client = await api.pool.connect()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  let released = false
  const release = async () => {
    if (released) return
    released = true
    await client.query('rollback')
    client.release()
  }
  onTestFinished(release)
  return release
}

describe('a repeated request', () => {
  it.each([
    ['a list', '/v1/countries?region=142&sort=-name&limit=7'],
    ['a list by topic', '/v1/agreements?topic=energy&include=citations'],
    ['a record', '/v1/countries/PAK'],
  ])('gets the stored response without a database read: %s', async (_what, url) => {
    const first = await api.get(url)
    await withoutDatabase(async () => {
      const again = await api.get(url)
      expect(isHit(again)).toBe(true)
      expect(again.text).toBe(first.text)
      expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(again.headers.get('link')).toBe(first.headers.get('link'))
    })
  })

  it('gets the stored response with If-None-Match and for HEAD, too', async () => {
    const url = '/v1/organizations?limit=3'
    const tag = (await api.get(url)).headers.get('etag') ?? ''
    await withoutDatabase(async () => {
      // Not with fetch, which adds Cache-Control: no-cache to conditional requests.
      const notModified = await api.app.inject({ url, headers: { accept: '*/*', 'if-none-match': tag } })
      expect({ status: notModified.statusCode, body: notModified.body }).toEqual({ status: 304, body: '' })
      expect(notModified.headers).toMatchObject({ etag: tag, 'cache-status': 'Entente; hit' })
      const head = await api.request('HEAD', url)
      expect(head.headers.get('etag')).toBe(tag)
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100)
      const wrong = await api.app.inject({ url, headers: { accept: '*/*', 'if-none-match': 'no tag' } })
      expect(wrong.statusCode).toBe(400)
    })
  })

  it('gets the stored response with any order and encoding of its parameters', async () => {
    let limit = 3
    for (const same of [
      (limit: number) => `/v1/countries?sort=name&name[contains]=P&limit=${limit}`,
      (limit: number) => `/v1/countries?name%5Bcontains%5D=%50&sort=name&limit=${limit}&`,
    ]) {
      const isReadFromCache = async () => {
        // Each attempt has another limit, since a failed attempt stores a response.
        limit += 1
        await api.get(`/v1/countries?limit=${limit}&name[contains]=P&sort=name`)
        return isHit(await api.get(same(limit)))
      }
      await expect.poll(isReadFromCache, { timeout: 5000 }).toBe(true)
    }
    await api.get('/v1/countries?limit=4&name[contains]=P&sort=name')
    for (const other of [
      '/v1/countries?sort=name&name[contains]=Q&limit=4',
      '/v1/countries?sort=-name&name[contains]=P&limit=4',
      '/v1/regions?sort=name&name[contains]=P&limit=4',
    ]) {
      expect(isHit(await api.get(other))).toBe(false)
    }
  })

  it('gets the stored response of a search with the same body', async () => {
    const search = (name: string) =>
      api.post('/v1/countries/search', { where: { name: { startsWith: name } }, limit: 5 })
    const first = await search('Ch')
    expect(cacheStatus(first)).toMatch(/fwd/)
    const again = await search('Ch')
    expect({ hit: isHit(again), text: again.text }).toEqual({ hit: true, text: first.text })
    expect((await search('Pa')).text).not.toBe(first.text)
  })

  it('gets a new response for an estimate, since estimates are never stored', async () => {
    const url = '/v1/countries?limit=1&count=estimated'
    await api.get(url)
    const again = await api.get(url)
    expect(isHit(again)).toBe(false)
    expect(again.headers.get('cache-control')).toBe('no-store')
  })

  it('is refused with an unacceptable Accept header or a wrong key', async () => {
    const url = '/v1/countries?limit=2'
    await api.get(url)
    expect((await api.get(url, { headers: { accept: 'image/png' } })).status).toBe(406)
    expect((await api.get(url, { key: 'not-the-key-of-anybody' })).status).toBe(401)
  })
})

describe('a change', () => {
  it('is visible to the next read on the same process, even if responses are stored', async () => {
    const path = await newAgreement()
    const id = path.split('/').at(-1)
    const urls = [path, `/v1/agreements?id=${id}`, `/v1/agreements?id=${id}&include=citations`]
    for (let change = 1; change <= 15; change += 1) {
      await Promise.all(urls.map((url) => api.get(url)))
      const title = `Changed ${change} times`
      await api.patch(path, { title })
      for (const url of urls) expect((await api.get(url)).text).toContain(title)
    }
    await api.delete(path)
    expect((await api.get(path)).status).toBe(404)
  })

  it('is visible to the next read on the same process before its notification', async () => {
    const { rows } = await api.pool.query<{ definition: string }>(
      "select pg_get_functiondef('announce'::regproc) as definition",
    )
    const [{ definition = '' } = {}] = rows
    const silenced = definition.replace(/PERFORM pg_catalog.pg_notify[^;]*;/, '')
    expect(silenced).not.toBe(definition)
    await api.pool.query(silenced)
    onTestFinished(async () => {
      await api.pool.query(definition)
    })
    await waitUntilCached(api, '/v1/topics/ocean')
    await api.patch('/v1/topics/ocean', { name: 'Ocean, changed' })
    expect((await api.get('/v1/topics/ocean')).text).toContain('Ocean, changed')
  })

  it('is visible after UPDATE, INSERT or DELETE in SQL', async () => {
    const url = '/v1/agreements?fields=title&sort=-updatedAt&limit=1&count=exact&q=psql'
    const path = await newAgreement()
    const id = path.split('/').at(-1)
    const changes: [string, RegExp][] = [
      [`update agreements set title = 'Changed in psql' where id = '${id}'`, /Changed in psql/],
      ["insert into agreements (title, kind) values ('New in psql', 'other')", /"count":2/],
      [`delete from agreements where title = 'New in psql'`, /"count":1/],
    ]
    for (const [statement, seen] of changes) {
      await waitUntilCached(api, url)
      await api.pool.query(statement)
      await expect.poll(async () => (await api.get(url)).text, { timeout: 1000, interval: 5 }).toMatch(seen)
    }
    const onEnergy = '/v1/agreements?topic=energy&limit=1&count=exact'
    await waitUntilCached(api, onEnergy)
    expect((await api.get(onEnergy)).text).not.toMatch(/"count":0/)
    await api.pool.query('delete from topic_links')
    await expect
      .poll(async () => (await api.get(onEnergy)).text, { timeout: 1000, interval: 5 })
      .toMatch(/"count":0/)
  })

  it('is announced by triggers of every table from which stored responses are read', async () => {
    const { rows } = await api.pool.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not exists (select from pg_trigger where tgrelid = pg_class.oid and tgname in ('announce_change', 'invalidate_record'))`,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual([
      'idempotent_requests',
      ...importTables,
      'keys',
      'settings',
    ])
  })

  it('is read with Cache-Control: no-cache, and stored for later reads', async () => {
    const url = '/v1/sources?limit=1'
    // Records that were changed in SQL are recomposed, which is a change, too.
    const uncomposed = async () => (await api.pool.query('select from records where shape is null')).rowCount
    await expect.poll(uncomposed, { timeout: 10_000 }).toBe(0)
    await waitUntilCached(api, url)
    const { title } = (await api.get(url)).json<{ data: [{ title: string }] }>().data[0]
    // A change without a notification shows whether a response comes from memory or from the database.
    await api.pool.query('alter table records disable trigger announce_change')
    await api.pool.query(`do $$ begin
      set local entente.writer = 'service';
      update records set document = replace(document, '"title":"${title}', '"title":"${title} (unheard of)')
      where resource = 'sources';
    end $$`)
    await api.pool.query('alter table records enable trigger announce_change')
    expect((await api.get(url)).text).not.toContain('unheard of')
    const revalidated = await api.get(url, { headers: { 'cache-control': 'no-cache' } })
    expect(cacheStatus(revalidated)).toBe('Entente; fwd=request')
    expect(revalidated.text).toContain('unheard of')
    const next = await api.get(url)
    expect(isHit(next)).toBe(true)
    expect(next.text).toContain('unheard of')
  })
})

describe('concurrent identical requests', () => {
  // Retried, since the service verifies its connection with further statements after a long pause of the machine.
  it('run one statement', { retry: 2 }, async () => {
    let arrived = 0
    const count = () => {
      arrived += 1
    }
    const url = `/v1/figures?limit=9&sort=-title&q=${Math.random().toString().slice(2)}`
    const release = await lockTable('figures')
    api.app.server.on('request', count)
    try {
      const responses = Array.from({ length: 10 }, () => api.get(url))
      await expect
        .poll(async () => [arrived, await countBlocked(api.pool)], { timeout: 5000 })
        .toEqual([10, 1])
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await countBlocked(api.pool)).toBe(1)
      await release()
      const all = await Promise.all(responses)
      expect(new Set(all.map(({ text }) => text)).size).toBe(1)
      expect(all.filter((response) => cacheStatus(response).endsWith('collapsed'))).toHaveLength(9)
    } finally {
      api.app.server.off('request', count)
    }
  })

  it('do not share a read that began before an acknowledged write', async () => {
    const url = '/v1/figures?limit=9&sort=title'
    const release = await lockTable('figures')
    const early = api.get(url)
    await waitUntilBlocked(api.pool)
    const topic = { slug: 'made-meanwhile', name: 'Made meanwhile', scheme: 'domain' }
    expect((await api.post('/v1/topics', topic)).status).toBe(201)
    const late = api.get(url)
    await waitUntilBlocked(api.pool, 2)
    await release()
    expect(cacheStatus(await early)).toBe('Entente; fwd=uri-miss')
    expect(cacheStatus(await late)).toBe('Entente; fwd=uri-miss')
  })

  it('all fail if the shared read fails, and the next request reads again', async () => {
    const url = '/v1/figures?limit=8&sort=title'
    const release = await lockTable('figures')
    const responses = [api.get(url), api.get(url)]
    await waitUntilBlocked(api.pool)
    await api.pool.query(
      "select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    await release()
    for (const { status } of await Promise.all(responses)) expect(status).toBe(503)
    expect((await api.get(url)).status).toBe(200)
  })
})

describe('when reading needs a key', () => {
  it('a stored response needs a key too, and shared caches must not store responses', async () => {
    const closed = await startTestApi({ env: { PUBLIC_READ: 'false' } })
    try {
      const url = '/v1/countries?limit=3'
      await waitUntilCached(closed, url, { key: adminKey })
      expect((await closed.get(url, { key: null })).status).toBe(401)
      const response = await closed.get(url, { key: adminKey })
      expect(isHit(response)).toBe(true)
      expect(response.headers.get('cache-control')).toBe('private, no-cache')
    } finally {
      await closed.close()
    }
  })
})

describe('the response store', () => {
  const representation = (bytes: number) =>
    new Representation('x'.repeat(bytes), { 'content-type': 'text/plain' })
  const response = (bytes: number, dependencies: string[] = []) => ({
    representation: representation(bytes),
    dependencies,
    generation: 1,
    staleSince: undefined,
  })

  it('never exceeds its limit, with any stored responses, requests and encodings', async () => {
    const store = new ResponseStore(1_000_000)
    const all: Representation[] = []
    for (let index = 0; index < 500; index += 1) {
      const stored = response((index * 7919) % 60_000)
      all.push(stored.representation)
      store.set(`key ${index}`, stored)
      store.setRequest(`request ${index} ${'y'.repeat(index)}`, `key ${index}`)
      await stored.representation.encode('gzip')
      store.resize(`key ${index}`)
      expect(store.size).toBeLessThanOrEqual(1_000_000)
      const inMemory = all.filter((candidate, position) => store.get(`key ${position}`) === candidate)
      expect(store.size).toBeGreaterThanOrEqual(
        inMemory.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      )
      expect(inMemory).toContain(stored.representation)
    }
    expect(store.get('key 1')).toBeUndefined()
    expect(store.size).toBeGreaterThan(500_000)
  })

  it('stores no response that takes a large share of its memory', () => {
    const store = new ResponseStore(1_000_000)
    store.set('small', response(1000))
    store.set('large', response(400_000))
    expect(store.get('large')).toBeUndefined()
    expect(store.get('small')).toBeDefined()
  })

  it('returns responses of a resource until it changes, and marks them as stale afterwards', () => {
    const store = new ResponseStore(1_000_000)
    store.set('topics', response(10, ['topics', 'regions']))
    store.set('sources', response(10, ['sources']))
    store.setRequest('request', 'topics')
    store.markStale('agreements')
    expect(store.getByRequest('request')).toBeDefined()
    store.markStale('regions')
    expect(store.getByRequest('request')).toBeUndefined()
    expect(store.find('topics')?.staleSince).toBeTypeOf('number')
    expect(store.get('sources')).toBeDefined()
    store.clear()
    expect(store.find('topics')).toBeUndefined()
  })
})
