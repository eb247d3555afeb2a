// @module-tag slow

import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { hashKey, storeLastUses } from '../../src/database/keys.ts'
import { buildApp } from '../../src/server/app.ts'
import { useTestApi } from '../support/api.ts'
import { adminKey, readTestConfig } from '../support/app.ts'
import { treatyHeader, treatyMapping } from '../support/imports.ts'

/** Administrators create, list and revoke keys over HTTP. */

const api = useTestApi({ env: { PUBLIC_READ: 'false' } })

interface Key {
  id: string
  key: string
  prefix: string
  role: string
  lastUsedAt: string | null
  revokedAt: string | null
}

interface KeyPage {
  data: Key[]
  page: { limit: number; next: string | null }
}

async function createKey(body: Record<string, unknown>): Promise<Key> {
  const response = await api.post('/v1/keys', { name: 'A key', role: 'reader', ...body })
  expect(response.status, response.text).toBe(201)
  return response.json<Key>()
}

const asAdmin = { key: adminKey }

const readStatus = async (key: string) => (await api.get('/v1/countries?limit=1', { key })).status

const document = { title: 'An agreement', kind: 'treaty' }

const part = (name: string, content: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`

const upload = `${part('mapping', treatyMapping('slow'))}${part('file', `${treatyHeader}\n1,A,2001,China\n`)}--b--\r\n`

describe('a key', () => {
  it('is shown once, when it is created, and stored as a hash', async () => {
    const response = await api.post('/v1/keys', { name: 'A dashboard', role: 'reader' })
    const { key, ...entry } = response.json<Key>()
    expect(key).toMatch(/^ent_[0-9a-z]{8}_[\w-]{43}$/)
    expect(key.startsWith(`${entry.prefix}_`)).toBe(true)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('location')).toBe(`/v1/keys/${entry.id}`)
    expect((await api.get(`/v1/keys/${entry.id}`, asAdmin)).json()).toEqual(entry)
    const { rows } = await api.pool.query<{ text: string; hash: string }>(
      'select keys::text as text, hash from keys where id = $1',
      [entry.id],
    )
    expect(rows[0]?.hash).toBe(hashKey(key))
    const secret = key.slice(entry.prefix.length + 1)
    expect(rows[0]?.text).not.toContain(secret)
  })

  it('lets a reader read, an editor also write, and an administrator also manage keys', async () => {
    const may = async (role: string) => {
      const { key } = await createKey({ role })
      const written = await api.post('/v1/agreements', document, { key })
      return [await readStatus(key), written.status, (await api.get('/v1/keys?limit=1', { key })).status]
    }
    expect(await may('reader')).toEqual([200, 403, 403])
    expect(await may('editor')).toEqual([200, 201, 403])
    expect(await may('admin')).toEqual([200, 201, 200])
  })

  it('is refused permanently once it is revoked, and its entry stays readable', async () => {
    const { id, key } = await createKey({ role: 'admin' })
    expect(await readStatus(key)).toBe(200)
    // A key may revoke itself.
    expect((await api.delete(`/v1/keys/${id}`, { key })).status).toBe(204)
    const refused = await api.get('/v1/countries', { key })
    expect(refused.status).toBe(401)
    expect(refused.text).toContain('has been revoked')
    const { revokedAt } = (await api.get(`/v1/keys/${id}`, asAdmin)).json<Key>()
    expect(revokedAt).not.toBeNull()
    expect((await api.delete(`/v1/keys/${id}`)).status).toBe(204)
    expect((await api.get(`/v1/keys/${id}`, asAdmin)).json<Key>().revokedAt).toBe(revokedAt)
  })

  // The next tests wait for seconds, so they run at the same time.
  it.concurrent('is refused once it has expired', async ({ expect: expectHere }) => {
    const { key } = await createKey({ expiresAt: new Date(Date.now() + 4000).toISOString() })
    expectHere(await readStatus(key)).toBe(200)
    await expectHere.poll(() => readStatus(key)).toBe(401)
  })

  it.concurrent.each([
    ['/v1/agreements', 'application/json', JSON.stringify(document)],
    ['/v1/agreements/search', 'application/json', '{"where":{"title":{"contains":"a"}}}'],
    ['/v1/imports', 'multipart/form-data; boundary=b', upload],
  ])('is refused if it was revoked while a body arrived at %s', async (path, type, body) => {
    const { id, key } = await createKey({ role: 'editor' })
    const headers = { authorization: `Bearer ${key}`, 'content-type': type, 'content-length': body.length }
    const sending = request(`${api.origin}${path}`, { method: 'POST', headers })
    const responded = once(sending, 'response')
    sending.write(body.slice(0, 20))
    // The key is checked again only if the body took more than a second.
    await delay(2000)
    expect((await api.delete(`/v1/keys/${id}`)).status).toBe(204)
    sending.end(body.slice(20))
    const [response]: IncomingMessage[] = await responded
    expect(response?.statusCode).toBe(401)
    expect(response && (await text(response))).toContain('while the request arrived')
  })

  it('that does not exist is not found, and a malformed id is refused', async () => {
    const path = '/v1/keys/00000000-0000-7000-8000-000000000000'
    expect((await api.get(path, asAdmin)).status).toBe(404)
    expect((await api.delete(path)).status).toBe(404)
    expect((await api.get('/v1/keys/ent_00000000', asAdmin)).status).toBe(400)
  })

  it.each([
    ['no name', { name: undefined }, '/name'],
    ['a blank name', { name: ' ' }, '/name'],
    ['an unknown role', { role: 'editer' }, '/role'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    ['an expiry in the year 10000', { expiresAt: '9999-12-31T23:59:59-14:00' }, '/expiresAt'],
    ['an `expiresAt` that is not a time', { expiresAt: 'tomorrow' }, '/expiresAt'],
    ['an unknown property', { scope: 'all' }, '/scope'],
  ])('with %s is refused, and the fault names the property', async (_, change, pointer) => {
    const response = await api.post('/v1/keys', { name: 'A key', role: 'reader', ...change })
    expect(response.status).toBe(422)
    const { errors } = response.json<{ errors: { pointer: string; message: string }[] }>()
    expect(errors.map((fault) => fault.pointer)).toEqual([pointer])
  })

  it('is checked without a round trip to the database', async () => {
    const { key } = await createKey({})
    await expect.poll(() => readStatus(key)).toBe(200)
    const read = vi.spyOn(api.database, 'read')
    const authorization = `Bearer ${key}`
    try {
      // Only the check of the key could read: the request is refused before its handler runs.
      await expect
        .poll(async () => {
          read.mockClear()
          const headers = { authorization, accept: 'text/html' }
          const { statusCode } = await api.app.inject({ url: '/v1/countries', headers })
          return { statusCode, reads: read.mock.calls.length }
        })
        .toEqual({ statusCode: 406, reads: 0 })
    } finally {
      read.mockRestore()
    }
  })

  it('has its last use stored in the background, at the latest when the service closes', async () => {
    const { id, key, lastUsedAt } = await createKey({})
    expect(lastUsedAt).toBeNull()
    const before = Date.now()
    const service = await buildApp({ config: readTestConfig({}), database: api.database })
    await service.inject({ url: '/v1/countries?limit=1', headers: { authorization: `Bearer ${key}` } })
    const usedAt = async () => (await api.get(`/v1/keys/${id}`, asAdmin)).json<Key>().lastUsedAt
    expect(await usedAt()).toBeNull()
    await service.close()
    expect(Date.parse((await usedAt()) ?? '')).toBeGreaterThanOrEqual(before)
  })

  it('keeps the time of its last use when another process stores an earlier use', async () => {
    const { id } = await createKey({})
    const storeUse = async (agoMs: number) => {
      await storeLastUses(api.database, new Map([[id, agoMs]]))
      return (await api.get(`/v1/keys/${id}`, asAdmin)).json<Key>().lastUsedAt
    }
    const latest = await storeUse(1000)
    expect(latest).not.toBeNull()
    expect(await storeUse(3_600_000)).toBe(latest)
  })
})

it('the pages of the list of keys have each key once, newest first', async () => {
  const created = [await createKey({}), await createKey({}), await createKey({})]
  const seen: string[] = []
  for (let next: string | null = ''; next !== null; ) {
    const path: string = `/v1/keys?limit=2${next && `&cursor=${next}`}`
    const { data, page }: KeyPage = (await api.get(path, asAdmin)).json<KeyPage>()
    expect(data.length).toBeLessThanOrEqual(2)
    seen.push(...data.map(({ id }) => id))
    next = page.next
  }
  expect(seen.slice(0, 3)).toEqual(created.map(({ id }) => id).reverse())
  expect(new Set(seen).size).toBe(seen.length)
})

it.each(['limit=0', 'cursor=x'])('the list of keys is refused with %s', async (query) => {
  expect((await api.get(`/v1/keys?${query}`, asAdmin)).status).toBe(400)
})
