// @module-tag slow

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { endOfFeed, waitForFeed } from '../support/feed.ts'
import { create } from '../support/labelled-records.ts'

/** Mirrors that follow the feed of changes by the rules of docs/history.md, while records become internal and public again. */

const api = useTestApi()

type ResourceName = 'sources' | 'agreements' | 'citations'

interface StoredRecord {
  id: string
  version: number
  visibility: string
  /** Only of citations. */
  source?: string
  record?: { id: string }
}

interface Change {
  resource: ResourceName
  key: string
  version: number
  operation: string
  document: StoredRecord
}

/** A copy of the records that change after it was created. */
class Mirror {
  readonly records = new Map<string, StoredRecord>()
  readonly #key: string | null
  #after: string

  /** @param key the key with which the mirror reads; null for none. @param after the position after which it begins. */
  constructor(key: string | null, after: string) {
    this.#key = key
    this.#after = after
  }

  /** Applies all changes that the feed shows. */
  async catchUp(): Promise<void> {
    await waitForFeed(api)
    for (let more = true; more; ) {
      const response = await api.get(`/v1/changes?limit=50&after=${this.#after}`, { key: this.#key })
      const { data, page } = response.json<{ data: Change[]; page: { after: string; more: boolean } }>()
      for (const change of data) await this.#apply(change)
      this.#after = page.after
      more = page.more
    }
  }

  async #apply({ resource, key, version, operation, document }: Change): Promise<void> {
    const known = this.#versionOf(key)
    if (version <= known) return
    if (operation === 'remove') {
      this.records.delete(key)
      return
    }
    this.records.set(key, document)
    if (this.#key === null && version > known + 1) await this.#readCitations(resource, key)
  }

  #versionOf(key: string): number {
    return this.records.get(key)?.version ?? 0
  }

  /** Reads the citations of a record and, if it is a source, the citations that cite it as their source. */
  async #readCitations(resource: ResourceName, key: string): Promise<void> {
    if (resource === 'citations') return
    for (const query of [
      `resource=${resource}&record=${key}`,
      ...(resource === 'sources' ? [`source=${key}`] : []),
    ])
      for (const citation of await list(`/v1/citations?${query}`))
        if (citation.version > this.#versionOf(citation.id)) this.records.set(citation.id, citation)
  }

  /** Returns the records that the mirror may show to everybody. */
  publicRecords(): StoredRecord[] {
    const isPublic = (key: string | undefined) =>
      key === undefined || this.records.get(key)?.visibility === 'public'
    return [...this.records.values()].filter(({ id, source, record }) =>
      [id, source, record?.id].every(isPublic),
    )
  }
}

/** Lists records as a reader without a key, from the database and not from the cache. */
async function list(path: string): Promise<StoredRecord[]> {
  const response = await api.get(`${path}&limit=200`, { headers: { 'cache-control': 'no-cache' } })
  expect(response.status, response.text).toBe(200)
  return response.json<{ data: StoredRecord[] }>().data
}

const step = fc.record({
  kind: fc.constantFrom('hide', 'publish', 'publish', 'cite', 'cite', 'move', 'remove', 'catch up'),
  resource: fc.constantFrom<'sources' | 'agreements'>('sources', 'agreements'),
  first: fc.nat(2),
  second: fc.nat(2),
})

/**
 * Creates three sources and three agreements, applies random changes to them and their citations, the same in every run, and
 * makes all of them public in the end.
 */
async function changeRegistry(onCatchUp: () => Promise<void>): Promise<void> {
  const createThree = (resource: ResourceName, kind: string) =>
    Promise.all([1, 2, 3].map((number) => create(api, resource, { title: `Record ${number}`, kind })))
  const keys = {
    sources: await createThree('sources', 'other'),
    agreements: await createThree('agreements', 'treaty'),
  }
  const citations: string[] = []
  const setVisibility = async (resource: keyof typeof keys, key: string | undefined, visibility: string) =>
    expect((await api.patch(`/v1/${resource}/${key}`, { visibility })).status).toBe(200)
  for (const { kind, resource, first, second } of fc.sample(step, { numRuns: 80, seed: 11 })) {
    const source = keys.sources[first]
    const citation = citations.at(-1 - second)
    if (kind === 'catch up') await onCatchUp()
    else if (kind === 'hide') await setVisibility(resource, keys[resource][first], 'internal')
    else if (kind === 'publish') await setVisibility(resource, keys[resource][first], 'public')
    else if (kind === 'cite') {
      const record = { resource: 'agreements', id: keys.agreements[second] }
      citations.push(await create(api, 'citations', { source, record }))
    } else if (citation !== undefined && kind === 'move')
      expect((await api.patch(`/v1/citations/${citation}`, { source })).status).toBe(200)
    else if (citation !== undefined) {
      citations.splice(citations.indexOf(citation), 1)
      expect((await api.delete(`/v1/citations/${citation}`)).status).toBe(204)
    }
  }
  for (const resource of ['sources', 'agreements'] as const)
    for (const key of keys[resource]) await setVisibility(resource, key, 'public')
  await onCatchUp()
}

/** Reads all records that were created since a time and that a reader without a key sees. */
async function readPublic(since: string): Promise<StoredRecord[]> {
  const names = ['sources', 'agreements', 'citations']
  return (await Promise.all(names.map((name) => list(`/v1/${name}?createdAt[gte]=${since}`)))).flat()
}

const byId = (one: StoredRecord, other: StoredRecord) => (one.id < other.id ? -1 : 1)

describe('a mirror that follows the feed', { timeout: 240_000 }, () => {
  it('without a key has every public record if it reads citations after a gap of versions', async () => {
    const since = new Date().toISOString()
    const mirror = new Mirror(null, await endOfFeed(api))
    await changeRegistry(async () => {
      await mirror.catchUp()
      const expected = await readPublic(since)
      expect(expected.map(({ id }) => mirror.records.get(id))).toEqual(expected)
    })
    expect((await list(`/v1/citations?createdAt[gte]=${since}`)).length).toBeGreaterThan(5)
  })

  it('with a key can show exactly the public records if it hides citations of internal records', async () => {
    const since = new Date().toISOString()
    const mirror = new Mirror(adminKey, await endOfFeed(api))
    await changeRegistry(async () => {
      await mirror.catchUp()
      expect(mirror.publicRecords().sort(byId)).toEqual((await readPublic(since)).sort(byId))
    })
  })
})
