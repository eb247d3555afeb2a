// @module-tag slow
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import type { Document } from '../support/documents.ts'
import { waitForFeed } from '../support/feed.ts'
import { create, createAt } from '../support/labelled-records.ts'

/** Internal records, and changes to the visibility of records, over HTTP. */

/** Two registries with the same seeds: `mixed` gets public and internal records, `open` only the public ones. */
let mixed: Api
let open: Api
beforeAll(async () => {
  ;[mixed, open] = await Promise.all([startTestApi(), startTestApi()])
})
afterAll(async () => {
  await Promise.all([mixed.close(), open.close()])
})

const countries = ['CHN', 'PAK', 'DEU', 'USA']
const id = (number: number) => `01933b5e-7c1a-7d4e-9f2b-${String(number).padStart(12, '0')}`
const words = ['solar', 'rice', 'laser', 'canal']

/** The values of a generated agreement and its project, with the same visibility. The project may be removed later. */
const recordArbitrary = fc.record({
  word: fc.constantFrom(...words),
  countries: fc.uniqueArray(fc.constantFrom(...countries), { minLength: 1 }),
  year: fc.integer({ min: 2000, max: 2012 }),
  isInternal: fc.boolean(),
  removesProject: fc.boolean(),
})
type GeneratedValues = typeof recordArbitrary extends fc.Arbitrary<infer T> ? T : never

const visibilityOf = ({ isInternal }: GeneratedValues) => (isInternal ? 'internal' : 'public')

const agreementOf = (values: GeneratedValues, number: number): Document => ({
  id: id(number),
  title: `${values.word} ${values.isInternal ? 'secret' : 'agreement'} ${number}`,
  kind: 'agreement',
  signedOn: String(values.year),
  parties: values.countries.map((country) => ({ country, role: 'party' })),
  visibility: visibilityOf(values),
})

const projectOf = (values: GeneratedValues, number: number): Document => ({
  id: id(500 + number),
  title: `${values.word} ${values.isInternal ? 'secret' : 'project'} ${number}`,
  kind: 'other',
  startsOn: String(values.year),
  participants: values.countries.map((country) => ({ country, role: 'participant' })),
  amounts: [{ kind: 'budget', amount: 1000 + number, currency: 'CNY' }],
  agreements: [id(number)],
  visibility: visibilityOf(values),
})

async function write(
  api: Api,
  generated: GeneratedValues[],
  isWritten: (values: GeneratedValues) => boolean,
): Promise<void> {
  for (const [number, values] of generated.entries()) {
    if (!isWritten(values)) continue
    for (const [resource, document] of [
      ['agreements', agreementOf(values, number)],
      ['projects', projectOf(values, number)],
    ] as const) {
      const response = await api.post(`/v1/${resource}/bulk`, { operations: [{ op: 'create', document }] })
      expect(response.status, response.text).toBe(200)
    }
    if (values.removesProject) expect((await api.delete(`/v1/projects/${id(500 + number)}`)).status).toBe(204)
  }
}

/** Replaces the values that differ between two services: times, positions of the feed and of pages, and request ids. */
const comparable = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/"(next|after|position|requestId)":"[^"]*"/g, '"$1":"…"')

/** Random paths of requests: of lists and exports, aggregates, single agreements, and across resources. */
const list = fc
  .record({
    resource: fc.constantFrom('agreements', 'projects'),
    filters: fc.uniqueArray(
      fc.oneof(
        fc.constantFrom(...countries).map((code) => `country=${code}`),
        fc.constantFrom(...words).map((word) => `q=${word}`),
        fc.constantFrom('visibility=internal', 'visibility=public,internal', 'q=secret'),
      ),
      { maxLength: 2, selector: (filter) => filter.split('=')[0] },
    ),
    more: fc.constantFrom(
      '',
      'count=exact',
      'sort=-createdAt',
      'include=citations',
      'limit=3&count=exact',
      'format=csv',
      'format=ndjson',
    ),
  })
  .map(({ resource, filters, more }) => {
    const path = `/v1/${resource}${more.startsWith('format') ? '/export' : ''}`
    return `${path}?${[...filters, more].filter((part) => part !== '').join('&')}`
  })
const aggregate = fc
  .record({
    resource: fc.constantFrom('agreements', 'projects'),
    groupBy: fc.constantFrom('country', 'kind'),
    filter: fc.constantFrom('', ...countries.map((code) => `&country=${code}`)),
  })
  .map(({ resource, groupBy, filter }) => `/v1/${resource}/aggregate?groupBy=${groupBy}${filter}`)
const singleRecord = fc
  .record({ number: fc.nat(19), below: fc.constantFrom('', '/history', '/history/1', '?include=projects') })
  .map(({ number, below }) => `/v1/agreements/${id(number)}${below}`)
const across = fc.constantFrom(
  ...words.map((word) => `/v1/search?q=${word}`),
  '/v1/search?q=secret',
  '/v1/network',
  '/v1/network?from=2005',
  '/v1/countries/CHN/network',
  '/v1/countries?partnerOf=CHN',
  '/v1/changes?resource=agreements&limit=200',
  '/v1/changes?resource=projects&limit=200',
)

describe('a reader without a key', () => {
  it('gets the same responses as without internal records', async () => {
    const generated = fc.sample(recordArbitrary, { numRuns: 20, seed: 7 })
    await write(mixed, generated, () => true)
    await write(open, generated, ({ isInternal }) => !isInternal)
    await Promise.all([mixed, open].map(waitForFeed))
    await fc.assert(
      fc.asyncProperty(fc.oneof(list, aggregate, singleRecord, across), async (path) => {
        const [response, expected] = await Promise.all([mixed.get(path), open.get(path)])
        expect([200, 404]).toContain(response.status)
        expect([response.status, comparable(response.text)]).toEqual([
          expected.status,
          comparable(expected.text),
        ])
      }),
      { numRuns: 150 },
    )
  }, 180_000)
})

const setVisibility = async (path: string, visibility: string, more: Document = {}) => {
  const response = await mixed.patch(path, { visibility, ...more })
  expect(response.status, response.text).toBe(200)
}

describe('a record that becomes internal', () => {
  const createSource = (title: string) => createAt(mixed, 'sources', { title, kind: 'other' })
  /** Cites a source, given by its path, for China. @returns the path of the citation. */
  const cite = (source: string, excerpt: string) => {
    const record = { resource: 'countries', id: 'CHN' }
    return createAt(mixed, 'citations', { source: source.split('/').at(-1), record, excerpt })
  }
  const feed = async (path: string) => {
    const { text } = await mixed.get('/v1/changes?limit=200&resource=sources')
    const { data }: { data: { key: string; version: number }[] } = JSON.parse(text)
    return data.filter(({ key }) => path.endsWith(key)).map(({ version }) => version)
  }

  it('disappears at once from cache, history, past and feed; its internal version stays hidden', {
    timeout: 60_000,
  }, async () => {
    const path = await createSource('A note')
    const list = `/v1/sources?id=${path.split('/').at(-1)}`
    const countFound = async () => (await mixed.get(list)).json<{ data: unknown[] }>().data.length
    const etag = (await mixed.get(list)).headers.get('etag') ?? ''
    expect(await countFound()).toBe(1)
    // The feed waits for the transactions of all databases of the server.
    await expect.poll(() => feed(path), { timeout: 20_000 }).toEqual([1])

    await setVisibility(path, 'internal', { title: 'A secret note' })
    const whileInternal = new Date().toISOString()
    const statuses = await Promise.all(
      ['', '/history', '/history/1', `?asOf=${whileInternal}`].map(
        async (below) => (await mixed.get(path + below)).status,
      ),
    )
    expect([await countFound(), await feed(path), ...statuses]).toEqual([0, [], 404, 404, 404, 404])
    const response = await mixed.get(list, { headers: { 'if-none-match': etag } })
    expect(response.status).toBe(200)
    expect((await mixed.get(path, { key: adminKey })).status).toBe(200)

    await setVisibility(path, 'public', { title: 'The note' })
    const history = (await mixed.get(`${path}/history`)).text
    expect(history).not.toContain('secret')
    expect([await countFound(), (await mixed.get(`${path}/history/2`)).status]).toEqual([1, 404])
    await expect.poll(() => feed(path), { timeout: 20_000 }).toEqual([1, 3])
    expect((await mixed.get(`${path}?asOf=${whileInternal}`)).status).toBe(404)
    expect((await mixed.get(`${path}?asOf=${whileInternal}`, { key: adminKey })).status).toBe(200)
  })

  it('is cached separately for readers with and without a key', async () => {
    const path = await createSource('Of two readers')
    await setVisibility(path, 'internal')
    const list = `/v1/sources?id=${path.split('/').at(-1)}`
    for (const _ of [1, 2]) {
      const [authenticated, anonymous] = [await mixed.get(list, { key: adminKey }), await mixed.get(list)]
      expect(authenticated.text).toContain('Of two readers')
      expect(anonymous.text).not.toContain('Of two readers')
      expect([authenticated, anonymous].map(({ headers }) => headers.get('cache-control'))).toEqual([
        'private, no-cache',
        'public, no-cache',
      ])
      expect(anonymous.headers.get('vary')).toContain('Authorization')
      const tag = authenticated.headers.get('etag') ?? ''
      expect((await mixed.get(list, { headers: { 'if-none-match': tag } })).status).toBe(200)
    }
  })

  it('keeps its visibility in replacements and upserts that do not state it, and in restores', async () => {
    const path = await createSource('Kept')
    const key = path.split('/').at(-1)
    await setVisibility(path, 'internal')
    const visibility = async () => (await mixed.get(path, { key: adminKey })).json().visibility
    expect((await mixed.put(path, { title: 'Replaced', kind: 'other' })).status).toBe(200)
    expect(await visibility()).toBe('internal')
    const document = { title: 'Put', kind: 'other' }
    const response = await mixed.post('/v1/sources/bulk', {
      operations: [{ op: 'upsert', id: key, document }],
    })
    expect(response.status, response.text).toBe(200)
    expect(await visibility()).toBe('internal')
    const restored = await mixed.post(`${path}/restore`, { version: 1 }, { headers: { 'if-match': '*' } })
    expect([restored.status, await visibility()]).toEqual([200, 'internal'])
  })

  it('hides the history of its citations even after they have been removed', async () => {
    const source = await createSource('Cited internally')
    await setVisibility(source, 'internal')
    const path = await cite(source, 'Removed')
    expect((await mixed.get(`${path}/history`)).status).toBe(404)
    expect((await mixed.delete(path)).status).toBe(204)
    for (const hidden of [`${path}/history`, `${path}/history/1`])
      expect((await mixed.get(hidden)).status, hidden).toBe(404)
    const { text } = await mixed.get('/v1/changes?resource=citations&order=desc&limit=50')
    expect(text).not.toContain(path.split('/').at(-1))
    expect((await mixed.get(`${path}/history`, { key: adminKey })).status).toBe(200)
  })

  it.each([true, false])('hides the history of a merged citation (same source: %s)', async (same) => {
    const source = await createSource('Cited twice')
    const merged = await cite(source, 'Merged secret')
    const remaining = await cite(same ? source : await createSource('Cited, too'), 'Remaining')
    const time = new Date().toISOString()
    const into = remaining.split('/').at(-1)
    const merge = await mixed.post(`${merged}/merge`, { into }, { headers: { 'if-match': '*' } })
    expect(merge.status, merge.text).toBe(200)
    const paths = [`${merged}/history?follow=false`, `${merged}/history/1`, `${merged}?asOf=${time}`]
    for (const path of paths) expect((await mixed.get(path)).text, path).toContain('Merged secret')
    await setVisibility(source, 'internal')
    for (const path of [...paths, '/v1/changes?resource=citations&order=desc&limit=50'])
      expect((await mixed.get(path)).text, path).not.toContain('Merged secret')
    expect((await mixed.get(remaining)).status).toBe(same ? 404 : 200)
    for (const path of paths)
      expect((await mixed.get(path, { key: adminKey })).text, path).toContain('Merged secret')
  })

  it('hides the versions that its citations had while it was internal, even after that time', async () => {
    const [first, second] = [await createSource('Internal source'), await createSource('Public source')]
    await setVisibility(first, 'internal')
    const moved = await cite(first, 'Secret 1')
    const stays = await cite(first, 'Secret 2')
    const removed = await cite(first, 'Secret 3')
    const patch = async (path: string, body: Document) =>
      expect((await mixed.patch(path, body)).status).toBe(200)
    await patch(moved, { source: second.split('/').at(-1), excerpt: 'Open' })
    await patch(stays, { excerpt: 'Open' })
    expect((await mixed.delete(removed)).status).toBe(204)
    const readVersions = async (path: string, key: string | null = null) => {
      const response = await mixed.get(`${path}/history`, { key })
      const { data = [] } = response.json<{ data?: { version: number }[] }>()
      return data.map(({ version }) => version)
    }
    const read = () => Promise.all([moved, stays, removed].map((path) => readVersions(path)))
    expect(await read()).toEqual([[2], [], []])
    await setVisibility(first, 'public')
    expect(await read()).toEqual([[2], [2], []])
    await patch(stays, { excerpt: 'Open, too' })
    expect(await read()).toEqual([[2], [3, 2], []])
    for (const path of [`${moved}/history/1`, `${stays}/history/1`, `${removed}/history/2`])
      expect((await mixed.get(path)).status, path).toBe(404)
    const { text } = await mixed.get('/v1/changes?resource=citations&order=desc&limit=50')
    expect(text).not.toContain('Secret')
    expect(await readVersions(stays, adminKey)).toEqual([3, 2, 1])
  })

  it('keeps its visibility if an earlier public version is restored after its removal', async () => {
    const path = await createSource('Removed')
    await setVisibility(path, 'internal')
    expect((await mixed.delete(path)).status).toBe(204)
    const restored = await mixed.post(`${path}/restore`, { version: 1 })
    expect([restored.status, restored.json().visibility]).toEqual([201, 'internal'])
    expect((await mixed.get(path)).status).toBe(404)
  })
})

describe('the past network', () => {
  interface Network {
    nodes: { id: string }[]
    edges: { source: string; target: string }[]
    total: { edges: number }
  }

  it('has no edges of nodes that have become internal since', async () => {
    const create = async (path: string, document: Document) => {
      const response = await mixed.post(path, document)
      expect(response.status, response.text).toBe(201)
      return response.headers.get('location') ?? ''
    }
    const lab = async (name: string) =>
      (await create('/v1/organizations', { name, kind: 'academic' })).split('/').at(-1) ?? ''
    const labs = [await lab('Lab of the past'), await lab('Lab that stays'), await lab('Lab that stays too')]
    const country = await create('/v1/countries', { code: 'XZA', alpha2: 'XZ', numeric: '993', name: 'Past' })
    const lead = (of: Document) => ({ ...of, role: 'lead' })
    const [hidden, ...staying] = labs.map((organization) => lead({ organization }))
    const remaining = [lead({ country: 'DEU' }), ...staying]
    const externalIds = [{ scheme: 'past-network', id: '1' }]
    const project = { title: 'Of the past', kind: 'other', externalIds }
    const participants = [lead({ country: 'XZA' }), hidden, ...remaining]
    const path = await create('/v1/projects', { ...project, participants })
    const asOf = new Date().toISOString()
    expect((await mixed.patch(path, { participants: remaining })).status).toBe(200)
    await setVisibility(country, 'internal')
    await setVisibility(`/v1/organizations/${labs[0]}`, 'internal')
    for (const level of ['country', 'organization']) {
      const query = `/v1/network?level=${level}&externalIdScheme=past-network&asOf=${asOf}`
      const { nodes, edges, total } = (await mixed.get(query)).json<Network>()
      const ids = nodes.map(({ id }) => id)
      expect(
        edges.flatMap(({ source, target }) => [source, target]).filter((id) => !ids.includes(id)),
      ).toEqual([])
      expect([total.edges, edges.length]).toEqual(level === 'country' ? [0, 0] : [1, 1])
      const all = (await mixed.get(query, { key: adminKey })).json<Network>()
      expect([all.total.edges, all.nodes.length]).toEqual(level === 'country' ? [1, 2] : [3, 3])
    }
    const ofCountry = await mixed.get(`/v1/countries/DEU/network?externalIdScheme=past-network&asOf=${asOf}`)
    expect(ofCountry.json()).toMatchObject({ partners: [], total: { partners: 0, records: 1 } })
  })
})

describe('a public record that refers to an internal one', () => {
  const refused = {
    status: 409,
    detail: expect.stringContaining('A public record cannot refer to an internal one'),
  }

  it('is refused, whichever of the two records a request changes', async () => {
    const organization = { name: 'A laboratory', kind: 'academic' }
    const lab = await create(mixed, 'organizations', { ...organization, visibility: 'internal' })
    const project = { title: 'A project', kind: 'other', participants: [{ organization: lab, role: 'lead' }] }
    expect((await mixed.post('/v1/projects', project)).json()).toMatchObject(refused)
    const id = await create(mixed, 'projects', { ...project, visibility: 'internal' })
    const path = `/v1/projects/${id}`
    expect((await mixed.patch(path, { visibility: 'public' })).json()).toMatchObject(refused)
    expect((await mixed.patch(`/v1/organizations/${lab}`, { visibility: 'public' })).status).toBe(200)
    expect((await mixed.patch(path, { visibility: 'public' })).status).toBe(200)
    expect((await mixed.patch(`/v1/organizations/${lab}`, { visibility: 'internal' })).json()).toMatchObject(
      refused,
    )
    expect((await mixed.patch('/v1/countries/CHN', { visibility: 'internal' })).json()).toMatchObject(refused)
    const operations = [
      { op: 'patch', id, ifMatch: '*', patch: { visibility: 'internal' } },
      { op: 'create', document: project },
    ]
    const bulk = await mixed.post('/v1/projects/bulk?atomic=false', { operations })
    expect(bulk.json<{ results: { status: number }[] }>().results.map(({ status }) => status)).toEqual([
      200, 201,
    ])
    await mixed.patch(path, { visibility: 'public' })
  })

  it('does not result from two concurrent requests, of which one is refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const created = await mixed.post('/v1/organizations', { name: `Raced ${round}`, kind: 'academic' })
      const { id: lab } = created.json()
      const project = { title: 'Raced', kind: 'other', participants: [{ organization: lab, role: 'lead' }] }
      const responses = await Promise.all([
        mixed.post('/v1/projects', project),
        mixed.patch(`/v1/organizations/${lab}`, { visibility: 'internal' }),
      ])
      const accepted = responses.filter(({ status }) => status < 300)
      expect(accepted, responses.map(({ text }) => text).join()).toHaveLength(1)
    }
  })
})
