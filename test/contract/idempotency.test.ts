// @module-tag slow

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { createKey } from '../../src/database/keys.ts'
import { buildApp } from '../../src/server/app.ts'
import { type HttpResponse, type RequestOptions, useTestApi } from '../support/api.ts'
import { adminKey, readTestConfig } from '../support/app.ts'
import {
  count,
  createRecord,
  type Document,
  exampleDocument,
  keyIn,
  listPath,
  nameProperty,
  pathTo,
  readProblem,
  resourceOf,
} from '../support/documents.ts'
import { openApiDocumentSchema, operationsIn } from '../support/openapi-document.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()
/** The pattern of `Idempotency-Key` in the OpenAPI document. */
let documentedKeys: RegExp
beforeAll(async () => {
  const parameters = operationsIn(openApiDocumentSchema.parse(api.document)).flatMap(
    (operation) => operation.parameters,
  )
  const declared = parameters.find(({ name }) => name === 'Idempotency-Key')
  documentedKeys = new RegExp(Object(declared?.schema).pattern)
})

const sources = resourceOf('sources')

const withKey = (key: string, headers: Record<string, string> = {}): RequestOptions => ({
  headers: { 'idempotency-key': key, ...headers },
})

const replayed = (response: HttpResponse) => response.headers.get('idempotency-replayed')

/** The parts of a response that must be the same when it is sent again. */
const stableParts = ({ status, text, headers }: HttpResponse) => ({
  status,
  text,
  headers: ['etag', 'location', 'content-type', 'content-length'].map((name) => headers.get(name)),
})

const faultOf = (response: HttpResponse) => readProblem(response).errors?.[0]

describe.each(resources)('an Idempotency-Key for $name', (resource) => {
  it('creates one record for a repeated request, and returns the first response byte for byte', async () => {
    const document = await exampleDocument(resource, api)
    const key = randomUUID()
    const first = await api.post(listPath(resource), document, withKey(key))
    expect(first.status).toBe(201)
    expect(replayed(first)).toBeNull()
    const records = await count(api, resource)
    await api.patch(pathTo(resource, keyIn(resource, first.json())), { [nameProperty(resource)]: 'Since' })
    for (const sent of [key, `"${key}"`]) {
      const again = await api.post(listPath(resource), document, withKey(sent))
      expect(stableParts(again)).toEqual(stableParts(first))
      expect(replayed(again)).toBe('true')
    }
    expect(await count(api, resource)).toBe(records)
  })

  it('with another body is refused with 422, and nothing is written', async () => {
    const key = randomUUID()
    const document = await exampleDocument(resource, api)
    expect((await api.post(listPath(resource), document, withKey(key))).status).toBe(201)
    const records = await count(api, resource)
    const response = await api.post(listPath(resource), await exampleDocument(resource, api), withKey(key))
    expect(response.status).toBe(422)
    expect(readProblem(response).type).toBe('/problems/idempotency-key-reused')
    expect(faultOf(response)).toMatchObject({ header: 'Idempotency-Key', code: 'reused' })
    expect(await count(api, resource)).toBe(records)
  })

  it('applies changes, removals and restores only once when they are sent again', async () => {
    const { path, record } = await createRecord(resource, api)
    const name = nameProperty(resource)
    const [patching, replacing, removing, restoring] = Array.from({ length: 4 }, () => randomUUID())
    const twice = async (send: () => Promise<HttpResponse>) => {
      const [first, again] = [await send(), await send()]
      expect(first.status, first.text).toBeLessThan(300)
      expect(stableParts(again)).toEqual(stableParts(first))
      expect(replayed(again)).toBe('true')
      return first
    }
    const ifVersion = (version: number, key = '') => withKey(key, { 'if-match': `"${version}"` })
    await twice(() => api.patch(path, { [name]: 'Patched' }, ifVersion(1, patching)))
    await twice(() => api.put(path, { ...record, version: 2, updatedAt: undefined }, ifVersion(2, replacing)))
    await twice(() => api.delete(path, ifVersion(3, removing)))
    await twice(() => api.post(`${path}/restore`, undefined, withKey(restoring ?? '')))
    expect((await api.get(path)).json()).toMatchObject({ version: 5 })
  })
})

it('concurrent equal requests create one record, and get the same response or 409', async () => {
  const document = await exampleDocument(sources, api)
  const options = withKey(randomUUID())
  const before = await count(api, sources)
  const all = await Promise.all(Array.from({ length: 20 }, () => api.post('/v1/sources', document, options)))
  // A request waits at most 2 s for the first one, and then gets 409, as may happen on a busy machine.
  const responses = all.filter(
    (response) =>
      response.status !== 409 || readProblem(response).type !== '/problems/idempotency-key-in-use',
  )
  expect(await count(api, sources)).toBe(before + 1)
  expect(new Set(responses.map((response) => JSON.stringify(stableParts(response)))).size).toBe(1)
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 201))
  expect(responses.filter((response) => replayed(response) === null)).toHaveLength(1)
})

it('equal requests to two services on one database create one record', async () => {
  const url = new URL(String(api.pool.options.connectionString))
  const database = openDatabaseAt(url.href, api.database.options)
  const config = readTestConfig({ DATABASE_URL: url.href })
  const other = await buildApp({ config, database })
  onTestFinished(async () => await other.close().finally(() => database.close()))
  const document = await exampleDocument(sources, api)
  const key = randomUUID()
  const sendToOther = () =>
    other.inject({
      method: 'POST',
      url: '/v1/sources',
      headers: { authorization: `Bearer ${adminKey}`, 'idempotency-key': key },
      payload: document,
    })
  const bodies = await Promise.all([
    ...Array.from({ length: 4 }, async () => (await sendToOther()).body),
    ...Array.from({ length: 4 }, async () => (await api.post('/v1/sources', document, withKey(key))).text),
  ])
  expect(new Set(bodies).size).toBe(1)
  expect(Object(JSON.parse(bodies[0] ?? '')).version).toBe(1)
})

it('equal requests wait up to 2 s for the first one, hold no connection, and then get 409', async () => {
  const client = await api.pool.connect()
  const document = await exampleDocument(sources, api)
  const key = randomUUID()
  try {
    await client.query('begin')
    // The first request waits inside its transaction, as on a slow disk.
    await client.query('lock table sources in exclusive mode')
    const first = api.post('/v1/sources', document, withKey(key))
    await expect
      .poll(async () => {
        const { rows } = await api.pool.query(
          `select from pg_locks where locktype = 'advisory' and granted
           and database = (select oid from pg_database where datname = current_database())`,
        )
        return rows.length
      })
      .toBe(1)
    const sentAt = performance.now()
    const waiting = Array.from({ length: 20 }, async () => {
      const response = await api.post('/v1/sources', document, withKey(key))
      return { response, waitedMs: performance.now() - sentAt }
    })
    await sleep(500)
    // Only the first request needs a connection all the time. The others need one only to try again.
    const usedConnections = () => api.database.counts.total - api.database.counts.idle
    await expect.poll(usedConnections, { interval: 5 }).toBe(1)
    for (const { response, waitedMs } of await Promise.all(waiting)) {
      expect(waitedMs).toBeGreaterThanOrEqual(2000)
      expect(response.status).toBe(409)
      expect(readProblem(response).type).toBe('/problems/idempotency-key-in-use')
      expect(response.headers.get('retry-after')).toBe('1')
    }
    await client.query('rollback')
    expect((await first).status).toBe(201)
    expect(replayed(await api.post('/v1/sources', document, withKey(key)))).toBe('true')
  } finally {
    client.release(true)
  }
}, 15_000)

it('failed responses are not stored, so that the request can be retried', async () => {
  const taken = await createRecord(sources, api)
  const key = randomUUID()
  const document = { ...(await exampleDocument(sources, api)), externalIds: taken.record.externalIds }
  expect((await api.post('/v1/sources', document, withKey(key))).status).toBe(409)
  await api.delete(taken.path)
  const response = await api.post('/v1/sources', document, withKey(key))
  expect(response.status).toBe(201)
  expect(replayed(response)).toBeNull()
})

it('a corrected request may have the Idempotency-Key of a failed request', async () => {
  const key = randomUUID()
  expect((await api.post('/v1/sources', { title: '' }, withKey(key))).status).toBe(422)
  expect((await api.post('/v1/sources', await exampleDocument(sources, api), withKey(key))).status).toBe(201)
})

it('a repetition may differ in white space, order and media type, but not in path or If-Match', async () => {
  const { path } = await createRecord(sources, api)
  const key = randomUUID()
  const change = { title: 'Of one request', kind: 'report' }
  const options = (headers: Record<string, string> = {}) => withKey(key, { 'if-match': '"1"', ...headers })
  const first = await api.patch(path, change, options())
  expect(first.status).toBe(200)
  expect((await api.patch(path, JSON.stringify(change, null, 4), options())).text).toBe(first.text)
  const { title, kind } = change
  expect((await api.patch(path, { kind, title }, options())).text).toBe(first.text)
  const json = options({ 'content-type': 'application/json' })
  expect((await api.patch(path, change, json)).text).toBe(first.text)
  const other = await createRecord(sources, api)
  for (const response of [
    await api.patch(other.path, change, options()),
    await api.patch(path, change, options({ 'if-match': '*' })),
    await api.patch(path, change, options({ 'change-reason': 'another' })),
    await api.put(path, change, options({ 'content-type': 'application/json' })),
  ]) {
    expect(response.status).toBe(422)
  }
  expect((await api.get(other.path)).text).toBe(JSON.stringify(other.record))
})

it('an Idempotency-Key belongs to its client: another client may use the same one', async () => {
  const key = randomUUID()
  const editor = await api.database.transaction((tx) =>
    createKey(tx, { name: 'Another', role: 'editor', expiresAt: null }),
  )
  const [one, other] = [await exampleDocument(sources, api), await exampleDocument(sources, api)]
  const first = await api.post('/v1/sources', one, withKey(key))
  const second = await api.post('/v1/sources', other, { ...withKey(key), key: editor.key })
  expect([first.status, second.status]).toEqual([201, 201])
  const anonymous = await api.post('/v1/sources', one, { ...withKey(key), key: null })
  expect(anonymous.status).toBe(401)
})

it.each([
  [
    'DELETE',
    '/v1/topics/none',
    { 'if-match': '"7"' },
    undefined,
    204,
    null,
    'TUDZ9EQ-2hUXoun5ZwtXN1gaCL7vDFb9cheZionrzIE',
  ],
  [
    'POST',
    '/v1/sources/bulk?atomic=false',
    { 'change-reason': 'Since 1979' },
    { operations: [{ op: 'remove', key: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90', ifMatch: '*' }] },
    200,
    '{"results":[]}',
    'C--w7Q9oB5kf_GBlTFttS9ycwHEFhvszq2ROfMu_n8k',
  ],
] as const)('a repeated %s gets the response that another release has stored', async (...request) => {
  const [method, path, headers, body, status, text, fingerprint] = request
  // Fixed hashes: during an upgrade, a request may be repeated to a process of another release.
  await api.pool.query(
    `insert into idempotent_requests (identity, fingerprint, status, headers, body) values ($1, $2, $3, '{}', $4)
      on conflict (identity) do update set fingerprint = $2, status = $3, body = $4`,
    ['7NadOlpG53c8h0sb2lgsiYwacMbGljxrpMW1SlShiB0', fingerprint, status, text],
  )
  const response = await api.request(method, path, {
    ...withKey('answered-by-another-version', headers),
    ...(body && { body }),
  })
  expect([response.status, response.text, replayed(response)]).toEqual([status, text ?? '', 'true'])
})

it('a stored response expires after 24 hours, and later requests remove it', async () => {
  const key = randomUUID()
  const age = (interval: string) =>
    api.pool.query('update idempotent_requests set created_at = now() - $1::interval', [interval])
  const document = { title: 'Without an external id', kind: 'other' }
  const first = (await api.post('/v1/agreements', document, withKey(key))).json()
  await age('23 hours 59 minutes')
  expect((await api.post('/v1/agreements', document, withKey(key))).json().id).toBe(first.id)
  await age('24 hours 1 minute')
  const second = await api.post('/v1/agreements', document, withKey(key))
  expect(second.status).toBe(201)
  expect(replayed(second)).toBeNull()
  expect(second.json().id).not.toBe(first.id)
  expect((await api.post('/v1/agreements', document, withKey(key))).json().id).toBe(second.json().id)
  for (let index = 0; index < 40; index += 1) {
    const { rows } = await api.pool.query(
      `select count(*)::int as old from idempotent_requests where created_at < now() - interval '24 hours'`,
    )
    if (rows[0].old === 0) return
    await api.post('/v1/agreements', document, withKey(randomUUID()))
  }
  expect.unreachable('expired responses are never removed')
})

it('an NDJSON import with an Idempotency-Key is applied once', async () => {
  const lines = [await exampleDocument(sources, api), await exampleDocument(sources, api)].map((line) =>
    JSON.stringify(line),
  )
  const options = withKey(randomUUID(), { 'content-type': 'application/x-ndjson' })
  const first = await api.post('/v1/sources/import', lines.join('\n'), options)
  const again = await api.post('/v1/sources/import', lines.join('\n'), options)
  expect(first.status).toBe(201)
  expect(stableParts(again)).toEqual(stableParts(first))
  expect(replayed(again)).toBe('true')
  expect((await api.post('/v1/sources/import', lines.slice(1).join('\n'), options)).status).toBe(422)
})

it('a repeated creation of an API key gets 409 with its URL, since its secret is not stored', async () => {
  const options = withKey(randomUUID())
  const body = { name: 'Once', role: 'reader' }
  const first = await api.post('/v1/keys', body, options)
  const { id, key } = first.json<{ id: string; key: string }>()
  const again = await api.post('/v1/keys', body, options)
  expect(again.status).toBe(409)
  expect(replayed(again)).toBe('true')
  expect(again.headers.get('location')).toBe(`/v1/keys/${id}`)
  expect(again.text).not.toContain(key)
  const { rows } = await api.pool.query('select * from idempotent_requests')
  expect(JSON.stringify(rows)).not.toContain(key)
  const { data } = (await api.get('/v1/keys', { key: adminKey })).json<{ data: Document[] }>()
  expect(data.filter(({ name }) => name === 'Once')).toHaveLength(1)
  const revoking = withKey(randomUUID())
  expect((await api.delete(`/v1/keys/${id}`, revoking)).status).toBe(204)
  expect(replayed(await api.delete(`/v1/keys/${id}`, revoking))).toBe('true')
})

it('an Idempotency-Key in a request that only reads is refused with 400', async () => {
  for (const response of [
    await api.get('/v1/sources', withKey('a')),
    await api.get('/v1/changes', withKey('a')),
    await api.post('/v1/sources/search', {}, withKey('a')),
    await api.get('/v1/keys', { ...withKey('a'), key: adminKey }),
  ]) {
    expect(response.status).toBe(400)
    expect(faultOf(response)).toMatchObject({ header: 'Idempotency-Key', code: 'unknown' })
  }
})

it.each([
  '',
  '""',
  '"a',
  'a"b',
  'a b',
  'a, a',
  '"a", "a"',
  '"a";b',
  'ключ',
  '"é"',
  'x'.repeat(256),
  '"a\tb"',
])('a malformed Idempotency-Key is refused with 400, which names the header: %j', async (key) => {
  const sent = Buffer.from(key).toString('latin1')
  const response = await api.post('/v1/sources', await exampleDocument(sources, api), withKey(sent))
  expect(response.status).toBe(400)
  expect(faultOf(response)).toMatchObject({ header: 'Idempotency-Key', code: 'invalid' })
  expect(documentedKeys.test(key)).toBe(false)
})

it('an Idempotency-Key is 1 to 255 printable ASCII characters, as documented; some need quotes', async () => {
  const printable = fc
    .array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: 1, maxLength: 255 })
    .map((codes) => String.fromCharCode(...codes))
  const document = { title: 'Under any key', kind: 'other' }
  await fc.assert(
    fc.asyncProperty(printable, async (key) => {
      const quoted = `"${key.replaceAll(/["\\]/g, '\\$&')}"`
      const first = await api.post('/v1/agreements', document, withKey(quoted))
      expect([200, 201]).toContain(first.status)
      expect(documentedKeys.test(quoted)).toBe(true)
      if (/[ ",]/.test(key)) return
      const bare = await api.post('/v1/agreements', document, withKey(key))
      expect(bare.text).toBe(first.text)
      expect(documentedKeys.test(key)).toBe(true)
    }),
    { numRuns: 40 },
  )
})
