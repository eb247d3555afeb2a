// @module-tag slow

import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { countInList } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { createRecord, type Document, faultAt, pages, readProblem, resourceOf } from '../support/documents.ts'
import { largeAgreements } from '../support/large-agreements.ts'

/** Records near the maximum size: which of them are accepted, and where pages with them end. */

const agreements = resourceOf('agreements')

const api = useTestApi()

/** Creates equal citations in bulk. */
async function citeOften(document: Document, count: number): Promise<void> {
  for (let rest = count; rest > 0; rest -= 500) {
    const operations = Array.from({ length: Math.min(rest, 500) }, () => ({ op: 'create', document }))
    expect((await api.post('/v1/citations/bulk', { operations })).status).toBe(200)
  }
}

describe('a record of more than 1 MiB', () => {
  const tooBig = { code: 'too_big', limit: 1024 * 1024 }

  it('is refused in bulk requests, imports of NDJSON and patches', async () => {
    const [small, large] = [
      ...(await largeAgreements(api, 1, 1670)),
      ...(await largeAgreements(api, 1, 1900)),
    ]
    const bulk = await api.post('/v1/agreements/bulk', { operations: [{ op: 'create', document: large }] })
    expect([bulk.status, faultAt(bulk, '/operations/0/document')]).toMatchObject([422, tooBig])
    const headers = { 'content-type': 'application/x-ndjson' }
    const imported = await api.post('/v1/agreements/import', JSON.stringify(large), { headers })
    expect([imported.status, readProblem(imported).errors?.[0]]).toMatchObject([422, tooBig])
    const { path } = await createRecord(agreements, api, small)
    const patched = await api.patch(path, { summary: '长'.repeat(9000) })
    expect([patched.status, faultAt(patched, '')]).toMatchObject([422, tooBig])
  })
})

it('a record is refused if it has too many values; each default counts as a value', async () => {
  const { data } = (await api.get('/v1/countries?limit=200&fields=code')).json<{ data: { code: string }[] }>()
  const makeDocument = (years: number): Document => {
    const actions = Array.from({ length: years }, (_, year) => ({
      kind: 'signed',
      date: String(1900 + year),
    }))
    const parties = data.map(({ code }) => ({ country: code, role: 'party', actions }))
    return { title: 'Of many actions', kind: 'treaty', parties }
  }
  const refused = await api.post('/v1/agreements', makeDocument(28))
  expect([refused.status, faultAt(refused, '')]).toMatchObject([422, { code: 'too_big', limit: 20_000 }])
  const { path } = await createRecord(agreements, api, makeDocument(15))
  const record = (await api.get(path)).json<Document>()
  expect((await api.put(path, { ...record, title: 'Sent back' })).status).toBe(200)
})

it('a history has one change for a list with many nested items, and compares smaller lists', async () => {
  const partiesOf = (actions: number, first: number) =>
    ['CHN', 'PAK', 'NPL', 'LKA', 'BGD'].map((country) => ({
      country,
      role: 'party',
      actions: Array.from({ length: actions }, (_, year) => ({ kind: 'signed', date: String(first + year) })),
    }))
  const document = { title: 'Of nested lists', kind: 'treaty', parties: partiesOf(40, 1900) }
  const { path } = await createRecord(agreements, api, document)
  for (const parties of [partiesOf(40, 1950), partiesOf(5, 1900), partiesOf(5, 1950)])
    expect((await api.patch(path, { parties })).status).toBe(200)
  const { data } = (await api.get(`${path}/history`)).json<{ data: { changes: { path: string }[] }[] }>()
  const changed = data.map(({ changes }) => changes.flatMap(({ path }) => path.match(/^\/parties.*/) ?? []))
  expect(changed[2]).toEqual(['/parties'])
  expect(changed[0]?.length).toBe(25)
})

it('a read with too many included records is refused; their own list and an export have all', {
  timeout: 120_000,
}, async () => {
  const { key: record } = await createRecord(agreements, api, { title: 'Cited often', kind: 'other' })
  const { key, path } = await createRecord(resourceOf('sources'), api, {
    title: 'A register',
    kind: 'dataset',
  })
  const citation = { source: key, record: { resource: 'agreements', id: record } }
  await citeOften(citation, 5000)
  expect((await api.get(`${path}?include=supports`)).json<{ supports: unknown[] }>().supports.length).toBe(
    5000,
  )
  await citeOften(citation, 1)
  const asOf = new Date().toISOString()
  for (const response of [
    await api.get(`${path}?include=supports`),
    await api.get(`${path}?include=supports&asOf=${asOf}`),
    await api.get(`/v1/sources?id=${key}&include=supports`),
    await api.get(`/v1/sources?id=${key}&include=supports&limit=200`),
    await api.post('/v1/sources/search', { where: { id: { eq: key } }, include: ['supports'] }),
  ]) {
    expect(response.status, response.text.slice(0, 200)).toBe(400)
    const problem = readProblem(response)
    expect(problem.detail).toContain(
      `The source ${key} has more than 5000 records, or 64 MiB, of the include supports. Read these records with a list`,
    )
    // The dashboard recognizes this problem by its lack of faults.
    expect(problem.errors).toBe(undefined)
  }
  // A page that ends before this record is not refused.
  const { key: other } = await createRecord(resourceOf('sources'), api, {
    title: 'A small one',
    kind: 'dataset',
  })
  const page = await api.get(`/v1/sources?id=${key},${other}&include=supports&limit=1&sort=-title`)
  expect([page.status, page.json<{ data: unknown[] }>().data.length]).toEqual([200, 1])
  expect(await countInList(api, `/v1/citations?source=${key}`)).toBe(5001)
  const file = await api.get(`/v1/sources/export?format=ndjson&id=${key}&include=supports`)
  expect(file.json<{ supports: unknown[] }>().supports.length).toBe(5001)
})

it('a read with more than 64 MiB of included records is refused', async () => {
  const { key: record, path } = await createRecord(agreements, api, {
    title: 'Of long sources',
    kind: 'other',
  })
  const { key: source } = await createRecord(resourceOf('sources'), api, { title: 'Long', kind: 'dataset' })
  await api.pool.query(`update sources set context = repeat('long ', 200000) where id = $1`, [source])
  await citeOften({ source, record: { resource: 'agreements', id: record } }, 70)
  const refused = await api.get(`${path}?include=citations`)
  expect(refused.status).toBe(400)
  expect(readProblem(refused).detail).toContain(
    'has more than 5000 records, or 64 MiB, of the include citations',
  )
})

describe('a large page', () => {
  const path = '/v1/agreements?title=Watched&limit=200'
  const watched = async () => (await api.get('/metrics')).text.match(/^entente_transfers (\d+)$/m)?.[1]

  beforeAll(async () => {
    for (const count of [7, 7]) {
      const documents = await largeAgreements(api, count)
      const operations = documents.map((document) => ({
        op: 'create',
        document: { ...document, title: 'Watched' },
      }))
      expect((await api.post('/v1/agreements/bulk', { operations })).status).toBe(200)
    }
  })

  it('is watched like an export while its client does not read it', async () => {
    await expect.poll(watched).toBe('0')
    let served: Socket | undefined
    api.app.server.once('connection', (socket: Socket) => {
      served = socket
    })
    const client = connect(Number(new URL(api.origin).port), '127.0.0.1')
    client.pause()
    client.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
    await expect.poll(watched).toBe('1')
    // The byte counts of the socket grow with each part that is sent, and not only at the end of one write of the whole body.
    const sentBytes = () => (served ? served.bytesWritten - served.writableLength : 0)
    await expect.poll(sentBytes).toBeGreaterThan(2 ** 16)
    expect(sentBytes()).toBeLessThan(12 * 2 ** 20)
    client.destroy()
    await expect.poll(watched).toBe('0')
  })

  it('is complete, with its length, and is not watched if the service itself reads it', async () => {
    const response = await fetch(api.origin + path, { headers: { 'accept-encoding': 'identity' } })
    const body = await response.text()
    expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(body))
    expect(JSON.parse(body).data).toHaveLength(14)
    await expect.poll(watched).toBe('0')
    expect((await api.app.inject({ url: path })).body.length).toBe(body.length)
    expect(await watched()).toBe('0')
  })

  it('causes no warning if two clients wait for it, and the first one disconnects', async () => {
    // The logger of a request, for its warnings and errors, is created when it writes its first line. The line "request ended"
    // does not need it.
    const requestLogger = vi.spyOn(api.app.log, 'child')
    onTestFinished(() => requestLogger.mockRestore())
    const blocker = await api.pool.connect()
    onTestFinished(() => blocker.release(true))
    await blocker.query('begin; lock table agreements, records in access exclusive mode')
    const body = JSON.stringify({ where: { title: { eq: 'Watched' } }, limit: 199 })
    const options = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const gone = request(`${api.origin}/v1/agreements/search`, { agent: false, ...options })
    gone.on('error', () => {})
    gone.end(body)
    await waitUntilBlocked(api.pool)
    const waiting = fetch(`${api.origin}/v1/agreements/search`, { ...options, body })
    // The numbers below include the request for the metrics.
    const metrics = async () => (await api.get('/metrics')).text
    await expect.poll(metrics).toMatch(/^entente_http_requests_in_flight 3$/m)
    gone.destroy()
    await expect.poll(metrics).toMatch(/^entente_http_requests_in_flight 2$/m)
    await blocker.query('rollback')
    const response = await waiting
    expect(response.headers.get('cache-status')).toContain('collapsed')
    expect(JSON.parse(await response.text()).data).toHaveLength(14)
    expect(requestLogger).not.toHaveBeenCalled()
  })
})

describe('a page of large records ends at 16 MiB, and the next page continues:', () => {
  it('in lists', { timeout: 120_000 }, async () => {
    const documents = await largeAgreements(api, 18)
    for (const part of [documents.slice(0, 9), documents.slice(9)]) {
      const operations = part.map((document) => ({ op: 'create', document }))
      const created = await api.post('/v1/agreements/bulk', { operations })
      expect(created.status, created.text).toBe(200)
    }
    const expected = await pages(api, agreements, 'limit=7&sort=-title&fields=title')
    for (const more of ['', '&fields=title,parties']) {
      const found = await pages(api, agreements, `limit=200&sort=-title${more}`)
      expect(found.length).toBe(2)
      expect(found.flat().map(({ title }) => title)).toEqual(expected.flat().map(({ title }) => title))
    }
  })

  it('in lists with includes', { timeout: 120_000 }, async () => {
    const sources = resourceOf('sources')
    const cited = await createRecord(agreements, api, { title: 'Cited', kind: 'other' })
    const note = '长'.repeat(9000)
    for (const title of ['Ample 1', 'Ample 2']) {
      const { key } = await createRecord(sources, api, { title, kind: 'dataset' })
      const citation = { source: key, record: { resource: 'agreements', id: cited.key }, note }
      await citeOften(citation, title === 'Ample 1' ? 650 : 1)
    }
    const found = await pages(api, sources, 'title[contains]=Ample&sort=title&fields=title&include=supports')
    expect(found.map((page) => page.map(({ title }) => title))).toEqual([['Ample 1'], ['Ample 2']])
  })

  it('in duplicates', { timeout: 120_000 }, async () => {
    const documents = await largeAgreements(api, 8)
    const operations = documents.map((document) => ({
      op: 'create',
      document: { ...document, title: 'Large duplicate' },
    }))
    expect((await api.post('/v1/agreements/bulk', { operations })).status).toBe(200)
    const found = await pages(api, agreements, 'limit=200', '/v1/agreements/duplicates')
    const titles = found.flat().map(({ record }) => Object(record).title)
    expect(titles.filter((title) => title === 'Large duplicate').length).toBe(25)
    expect(found.length).toBeGreaterThan(1)
  })

  it('in the history of a record', { timeout: 120_000 }, async () => {
    const [document] = await largeAgreements(api, 1)
    const { path } = await createRecord(agreements, api, document)
    for (let version = 2; version <= 20; version += 1)
      expect((await api.patch(path, { title: `Version ${version}` })).status).toBe(200)
    const versions: number[] = []
    let count = 0
    for (let next: string | null = ''; next !== null; count += 1) {
      const response = await api.get(`${path}/history?limit=200${next && `&cursor=${next}`}`)
      const { data, page } = response.json<{
        data: { version: number; changes: Document[] }[]
        page: { next: string | null }
      }>()
      versions.push(...data.map(({ version }) => version))
      for (const { version, changes } of data.filter((entry) => entry.version > 1)) {
        const value = `Version ${version}`
        expect(changes).toContainEqual({ op: 'replace', path: '/title', value })
      }
      next = page.next
    }
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => 20 - index))
    expect(count).toBe(2)
  })
})
