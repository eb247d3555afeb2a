import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { createRecord, type Document, faultAt, pages, readProblem, resourceOf } from '../support/documents.ts'
import { largeAgreements } from '../support/large-agreements.ts'

/** Records near the maximum size: which of them are accepted, and where pages with them end. */

const agreements = resourceOf('agreements')

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

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

it('a record is created only if it can be changed and sent back with all its properties', async () => {
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

it('a history replaces lists with many nested items as a whole, and compares smaller ones', async () => {
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

describe('a page of large records ends at 16 MiB, and the next page continues', () => {
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
