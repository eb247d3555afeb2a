// @module-tag slow

import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

/** What `GET /v1/{resource}/duplicates` says about the pairs that it finds. */

const api = await sharedApi()

interface Pair {
  record: { key: string }
  other: { key: string }
  same: string[]
  score: number
}

async function createAll(resource: string, documents: readonly object[]): Promise<string[]> {
  const operations = documents.map((document) => ({ op: 'create', document }))
  const response = await api.post(`/v1/${resource}/bulk`, { operations })
  expect(response.status, response.text).toBe(200)
  return response.json<{ results: { id: string }[] }>().results.map(({ id }) => id)
}

/** Returns the pairs of some records. @param key of the reader; null for none. */
async function findPairs(
  ids: readonly string[],
  key: string | null = null,
  resource = 'organizations',
): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let next: string | null = ''; next !== null; ) {
    const response = await api.get(`/v1/${resource}/duplicates?limit=200${next && `&cursor=${next}`}`, {
      key,
    })
    const { data, page } = response.json<{ data: Pair[]; page: { next: string | null } }>()
    pairs.push(...data.filter(({ record }) => ids.includes(record.key)))
    next = page.next
  }
  return pairs
}

it('a pair has its equal properties and a score; names, ids and visibility do not count', async () => {
  const website = 'https://twin.example'
  const ids = await createAll('organizations', [
    { name: 'Twin institute', acronym: 'TI', kind: 'academic', country: 'PAK', website },
    {
      name: 'TWIN INSTITUTE',
      acronym: 'TI',
      kind: 'academic',
      country: 'CHN',
      website,
      visibility: 'internal',
    },
  ])
  const [first = '', second = ''] = ids
  // The record with the lower id is the first of the pair.
  expect(await findPairs(ids, adminKey)).toEqual([
    expect.objectContaining({
      record: { key: first, title: 'Twin institute' },
      other: { key: second, title: 'TWIN INSTITUTE' },
      same: ['kind', 'website'],
      score: 0.67,
    }),
  ])
  expect(await findPairs(ids)).toEqual([])
})

it('a pair of agreements does not compare their alternative titles, which are names', async () => {
  const alternativeTitles = [{ name: 'Twin', language: 'en' }]
  const document = { title: `Twin agreement ${randomUUID()}`, kind: 'treaty', alternativeTitles }
  const ids = await createAll('agreements', [document, { ...document, status: 'signed' }])
  expect(await findPairs(ids, null, 'agreements')).toEqual([
    expect.objectContaining({ same: ['kind'], score: 1 }),
  ])
})

it('citations without an excerpt have no duplicates', async () => {
  const [source] = await createAll('sources', [{ title: 'Twice cited', kind: 'report' }])
  const record = { resource: 'countries', id: 'CHN' }
  const citations = ['1', '2'].map((row) => ({ source, record, locator: { row } }))
  const ids = await createAll('citations', citations)
  expect(await findPairs(ids, null, 'citations')).toEqual([])
})

it('at most five duplicates are proposed for a record', async () => {
  const ids = await createAll('organizations', Array(7).fill({ name: 'Sevenfold', kind: 'academic' }))
  const pairs = await findPairs(ids)
  expect(ids.map((id) => pairs.filter(({ record }) => record.key === id).length).sort()).toEqual([
    0, 1, 2, 3, 4, 5, 5,
  ])
})
