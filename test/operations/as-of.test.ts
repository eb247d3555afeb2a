// @module-tag slow

import { describe, expect, it } from 'vitest'
import { asOfName } from '../../src/query/past.ts'
import { registry } from '../../src/resources/registry.ts'
import type { Aggregate } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import {
  createRecord,
  type Document,
  databaseTime,
  exampleDocument,
  listAll,
  listPath,
  nameProperty,
  type Page,
  pages,
  readProblem,
  resourceOf,
  seededKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'

const { resources } = registry

/** Lists, searches, aggregates and exports as of an earlier time. */

const api = useTestApi()

const records = async (path: string) => (await api.get(path)).json<Page>().data
const keys = async (path: string) => (await records(path)).map(({ id, code, slug }) => id ?? code ?? slug)

describe.each(resources)('the $name as of a time', (resource) => {
  const name = nameProperty(resource)
  const { property } = resource.key
  const [dimension] = Object.keys(resource.dimensions)

  it('are the records of that time in lists, searches, aggregates and exports', async () => {
    const early = await databaseTime(api)
    const { path, record, key } = await createRecord(resource, api, await fullDocument(resource, api))
    const created = await databaseTime(api)
    const patched = (await api.patch(path, { [name]: 'Changed' })).json()
    const changed = await databaseTime(api)
    await api.delete(path)
    const removed = await databaseTime(api)
    await api.post(`${path}/restore`, { version: 1 })

    const states: [string, Document | undefined][] = [
      [early, undefined],
      [created, record],
      [changed, patched],
      [removed, undefined],
    ]
    for (const [moment, state] of states) {
      const query = `${property}=${key}&${asOfName(resource)}=${moment}`
      const listed = await api.get(`${listPath(resource)}?${query}&count=exact`)
      const expected = state ? [state] : []
      expect(listed.json()).toMatchObject({ data: expected, page: { total: { count: expected.length } } })
    }
    const query = `${property}=${key}&${asOfName(resource)}=${created}`
    const body = { where: { [property]: { eq: key } } }
    const found = await api.post(`${listPath(resource)}/search?asOf=${created}`, body)
    expect(found.json<Page>().data).toEqual([record])
    const counted = await api.get(`${listPath(resource)}/aggregate?groupBy=${dimension}&${query}`)
    expect(counted.json<Aggregate>().total).toBe(1)
    const lines = await api.get(`${listPath(resource)}/export?${query}&format=ndjson`)
    expect(JSON.parse(lines.text)).toEqual(record)
  })

  it('return the earlier response with an include, and 404 before their creation', async () => {
    const { path, record } = await createRecord(resource, api)
    const include = Object.keys(resource.includes())[0]
    const early = (await api.get(`${path}?include=${include}`)).json()
    const past = await databaseTime(api)
    await api.patch(path, { [name]: 'Changed' })
    const response = await api.get(`${path}?asOf=${past}&include=${include}`)
    expect(response.json()).toEqual(early)
    expect(response.headers.get('etag')).toMatch(new RegExp(`^"${record.version}-`))
    const before = await api.get(`${path}?asOf=2020-01-01&include=${include}`)
    expect(before.status).toBe(404)
  })
})

describe('the requested time', () => {
  it('applies to names, aliases, regions and the hierarchy of topics, in filters and groups', async () => {
    const { key: broader } = await createRecord(resourceOf('topics'), api)
    const topic = await createRecord(resourceOf('topics'), api, {
      ...(await exampleDocument(resourceOf('topics'), api)),
      broader,
    })
    const country = await createRecord(resourceOf('countries'), api, {
      ...(await exampleDocument(resourceOf('countries'), api)),
      name: 'Oldland',
      region: '034',
      groups: [],
      aliases: [{ name: 'Formerland', language: 'en' }],
    })
    const organization = await createRecord(resourceOf('organizations'), api, {
      ...(await exampleDocument(resourceOf('organizations'), api)),
      country: country.key,
    })
    const { key } = await createRecord(resourceOf('agreements'), api, {
      title: 'An agreement of the past',
      kind: 'treaty',
      signedOn: '1999',
      parties: [
        { country: country.key, role: 'party' },
        { organization: organization.key, role: 'party' },
      ],
      topics: [topic.key],
    })
    const filters = [`topic=${broader}`, 'region=034', 'region=142', `country=${country.key}`]
    const countAll = async (moment: string) => {
      const counts: number[] = []
      for (const filter of filters)
        counts.push((await keys(`/v1/agreements?id=${key}&${filter}${moment}`)).length)
      return counts
    }
    // Ten times, so that the connection uses generic plans of the statements and functions.
    for (let times = 0; times < 10; times++) expect(await countAll('')).toEqual([1, 1, 1, 1])
    const past = await databaseTime(api)
    await api.patch(topic.path, { broader: null })
    await api.patch(country.path, { region: '150', name: 'Newland', aliases: [] })
    await api.patch(organization.path, { country: 'FRA' })
    await api.patch(`/v1/agreements/${key}`, { parties: [{ country: country.key, role: 'party' }] })

    expect(await countAll('')).toEqual([0, 0, 0, 1])
    expect(await countAll(`&asOf=${past}`)).toEqual([1, 1, 1, 1])
    expect(await countAll('')).toEqual([0, 0, 0, 1])
    const afterChanges = await databaseTime(api)
    await api.patch(`/v1/agreements/${key}`, { title: 'Another title' })
    // Two different times on one connection: a plan for one time must not be used for the other.
    expect(await countAll(`&asOf=${afterChanges}`)).toEqual([0, 0, 0, 1])
    expect(await countAll(`&asOf=${past}`)).toEqual([1, 1, 1, 1])
    const search = async (moment: string) => {
      const where = { id: { eq: key }, parties: { some: { q: { eq: 'formerland' } } } }
      return (await api.post(`/v1/agreements/search${moment}`, { where })).json<Page>().data.length
    }
    expect([await search(''), await search(`?asOf=${past}`)]).toEqual([0, 1])
    const groups = (await api.get(`/v1/agreements/aggregate?groupBy=country,region&id=${key}&asOf=${past}`))
      .json<Aggregate>()
      .data.map(({ key: { country: code, region }, label }) => [code, region, label.country])
    expect(groups).toEqual([[country.key, '142', 'Oldland']])
    const [included] = await records(`/v1/agreements?id=${key}&include=countries,organizations&asOf=${past}`)
    expect(included?.countries).toEqual([country.record])
    expect(included?.organizations).toEqual([organization.record])
    const read = (await api.get(`/v1/agreements/${key}?include=countries&asOf=${past}`)).json()
    expect(read.countries).toEqual([country.record])
  })

  it('applies to networks, searches across resources, and their links', async () => {
    const agreement = await createRecord(resourceOf('agreements'), api, {
      title: 'Zyxwvut agreement',
      kind: 'treaty',
      parties: [
        { country: 'ISL', role: 'party' },
        { country: 'FJI', role: 'party' },
      ],
    })
    const past = await databaseTime(api)
    await api.delete(agreement.path)
    const partners = async (moment: string) =>
      (await api.get(`/v1/countries/ISL/network${moment}`)).json<{
        partners: { country: string; searches: { path: string; body: Document }[] }[]
      }>().partners
    expect(await partners('')).toEqual([])
    const [partner] = await partners(`?asOf=${past}`)
    expect(partner?.country).toBe('FJI')
    const [search] = partner?.searches ?? []
    const found = await api.post(search?.path ?? '', search?.body)
    expect(found.json<Page>().data).toEqual([agreement.record])
    const edges = async (moment: string) =>
      (await api.get(`/v1/network?limit=1000${moment}`)).json<{ edges: { source: string }[] }>().edges
    expect((await edges('')).some(({ source }) => source === 'FJI')).toBe(false)
    expect((await edges(`&asOf=${past}`)).some(({ source }) => source === 'FJI')).toBe(true)
    const hits = async (moment: string) =>
      (await api.get(`/v1/search?q=zyxwvut${moment}`)).json<{ data: { link: string }[] }>().data
    expect(await hits('')).toEqual([])
    const [hit] = await hits(`&asOf=${past}`)
    expect((await api.get(hit?.link ?? '')).json()).toEqual(agreement.record)
    expect((await api.get('/v1/countries/ISL/network?asOf=2001-01-01')).status).toBe(404)
  })

  it('applies to the list that a group links to', async () => {
    const created = await createRecord(resourceOf('organizations'), api)
    const past = await databaseTime(api)
    await api.patch(created.path, { kind: 'other' })
    const path = `/v1/organizations/aggregate?groupBy=kind,parent&q=nations&asOf=${past}`
    const { data } = (await api.get(path)).json<Aggregate>()
    expect(data.length).toBeGreaterThan(0)
    for (const { list, measures } of data) expect((await keys(list)).length).toBe(measures.count)
    const lists = await Promise.all(data.map(({ list }) => keys(list)))
    expect(lists.flat()).toContain(created.key)
  })

  it('is registryAsOf in lists and aggregates of figures, whose filter asOf is their own date', async () => {
    const figures = resourceOf('figures')
    const created = await createRecord(figures, api)
    const past = await databaseTime(api)
    await api.patch(created.path, { asOf: '2020-05' })
    const found = (query: string) => keys(`/v1/figures?id=${created.key}&${query}`)
    expect(await found('asOf=2020-05')).toEqual([created.key])
    expect(await found(`asOf=2020-05&registryAsOf=${past}`)).toEqual([])
    expect(await found(`asOf=2011-08&registryAsOf=${past}`)).toEqual([created.key])
    expect((await api.get(`/v1/agreements?registryAsOf=${past}`)).status).toBe(400)
    const aggregate = (
      await api.get(`/v1/figures/aggregate?groupBy=asOfYear&id=${created.key}&registryAsOf=${past}`)
    ).json<Aggregate>()
    expect(aggregate.data.map(({ key }) => key)).toEqual([{ asOfYear: '2011' }])
    expect(await keys(aggregate.data[0]?.list ?? '')).toEqual([created.key])
  })
})

describe('a list of the past', () => {
  it('can be paged during changes, and its cursors are valid only with the same asOf', async () => {
    const topics = resourceOf('topics')
    const before = await listAll(api, topics, 'sort=-name')
    const past = await databaseTime(api)
    const created = await createRecord(topics, api, { ...(await exampleDocument(topics, api)), name: 'Zzz' })
    const first = (await api.get(`/v1/topics?sort=-name&limit=5&asOf=${past}`)).json<Page>()
    await api.patch(created.path, { name: '0' })
    for (const { slug, name } of before.slice(0, 7))
      await api.patch(`/v1/topics/${slug}`, { name: `${name}!` })
    expect((await pages(api, topics, `sort=-name&limit=50&asOf=${past}`)).flat()).toEqual(before)
    const { next } = first.page
    const second = await api.get(`/v1/topics?sort=-name&limit=5&asOf=${past}&cursor=${next}`)
    expect([...first.data, ...second.json<Page>().data]).toEqual(before.slice(0, 10))
    expect((await api.get(`/v1/topics?count=estimated&asOf=${past}`)).status).toBe(200)
    expect((await api.get(`/v1/topics?sort=-name&limit=5&cursor=${next}`)).status).toBe(400)
    expect(
      (await api.get(`/v1/topics?sort=-name&asOf=${await databaseTime(api)}&cursor=${next}`)).status,
    ).toBe(400)
  })

  it('is empty before the registry began', async () => {
    for (const name of ['regions', 'agreements', 'citations', 'figures']) {
      const resource = resourceOf(name)
      const moment = `${asOfName(resource)}=2001-01-01`
      expect(await records(`${listPath(resource)}?${moment}`)).toEqual([])
    }
    const { total } = (
      await api.get('/v1/agreements/aggregate?groupBy=kind&asOf=2001-01-01')
    ).json<Aggregate>()
    expect(total).toBe(0)
  })

  it('can be exported with citations, or with a row for each participant', async () => {
    const agreements = resourceOf('agreements')
    const created = await createRecord(agreements, api, {
      ...(await exampleDocument(agreements, api)),
      title: 'Exported',
      parties: [{ country: 'CHN', role: 'party' }],
    })
    const source = await seededKey(api, 'sources')
    await api.post('/v1/citations', { source, record: { resource: 'agreements', id: created.key } })
    const past = await databaseTime(api)
    await api.patch(created.path, { title: 'Other', parties: [{ country: 'PAK', role: 'party' }] })
    const csv = await api.get(
      `/v1/agreements/export?id=${created.key}&fields=title,parties&per=participant&format=csv&asOf=${past}`,
    )
    expect(csv.text).toContain('"Exported","CHN"')
    expect(csv.text).not.toContain('PAK')
    const body = { where: { id: { eq: created.key } }, fields: ['title'], include: ['citations'] }
    const lines = await api.post(`/v1/agreements/export?format=ndjson&asOf=${past}`, body)
    expect(JSON.parse(lines.text)).toMatchObject({ title: 'Exported', citations: [{ source }] })
    for (const format of ['xlsx', 'csv', 'ndjson'])
      expect((await api.get(`/v1/agreements/export?format=${format}&asOf=${past}`)).status).toBe(200)
    expect((await api.get(`/v1/projects/export?format=geojson&asOf=${past}`)).status).toBe(200)
  })

  it('is cached like other responses, and read again after a change', async () => {
    const path = `/v1/regions?asOf=${await databaseTime(api)}`
    const [first, again] = [await api.get(path), await api.get(path)]
    expect(again.headers.get('cache-status')).toBe('Entente; hit')
    expect(again.text).toBe(first.text)
    const etag = first.headers.get('etag') ?? ''
    expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    await createRecord(resourceOf('regions'), api)
    const later = await api.get(path)
    expect(later.headers.get('cache-status')).toBe('Entente; fwd=uri-miss')
    expect(later.text).toBe(first.text)
  })

  it('can be read concurrently, and leaves no temporary table and no open transaction', async () => {
    const past = await databaseTime(api)
    await createRecord(resourceOf('agreements'), api)
    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        api.get(`/v1/agreements?asOf=${past}&limit=${index + 1}&sort=-title`),
      ),
    )
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    // Without this column, the statement fails in the database.
    await api.pool.query('alter view past.topics rename column broader to hidden')
    expect((await api.get(`/v1/agreements?asOf=${past}&topic=energy`)).status).toBe(503)
    await api.pool.query('alter view past.topics rename column hidden to broader')
    const { rows } = await api.pool.query("select relname from pg_class where relpersistence = 't'")
    expect(rows).toEqual([])
    const { rows: open } = await api.pool.query(
      "select state from pg_stat_activity where datname = current_database() and state like '%transaction%'",
    )
    expect(open).toEqual([])
  })
})

describe('the parameter asOf', () => {
  it.each([
    ['/v1/agreements?asOf=2100-01-01T00:00:00Z', 'asOf'],
    ['/v1/agreements?asOf=yesterday', 'asOf'],
    ['/v1/countries/CHN?asOf=2100-01-01T00:00:00Z', 'asOf'],
    ['/v1/countries/CHN?asOf=2011-13-01', 'asOf'],
    ['/v1/agreements/aggregate?groupBy=kind&asOf=2100-01-01', 'asOf'],
    ['/v1/figures?registryAsOf=2100-01-01', 'registryAsOf'],
    ['/v1/search?q=energy&asOf=2100-01-01', 'asOf'],
    ['/v1/network?asOf=2100-01-01', 'asOf'],
    ['/v1/changes?asOf=2020-01-01', 'asOf'],
  ])('is refused if it is in the future, malformed or unknown to the path: %s', async (path, parameter) => {
    const response = await api.get(path)
    expect(response.status).toBe(400)
    expect(readProblem(response).errors).toMatchObject([{ parameter }])
  })

  it('of a search is a query parameter, not a property of the body', async () => {
    expect((await api.post('/v1/agreements/search', { asOf: '2026-01-01' })).status).toBe(400)
    expect((await api.post('/v1/agreements/search?asOf=2100-01-01', {})).status).toBe(400)
    expect((await api.post('/v1/figures/search?asOf=2026-01-01', {})).status).toBe(200)
  })

  it('means the same time when it is written in another time zone', async () => {
    const created = await createRecord(resourceOf('sources'), api)
    const past = await databaseTime(api)
    await api.delete(created.path)
    const otherZone = `${new Date(Date.parse(past) + 7_200_000).toISOString().slice(0, -1)}%2B02:00`
    expect(await keys(`/v1/sources?id=${created.key}&asOf=${past}`)).toEqual([created.key])
    expect(await keys(`/v1/sources?id=${created.key}&asOf=${otherZone}`)).toEqual([created.key])
    expect(await keys(`/v1/sources?id=${created.key}&asOf=2020-01-01`)).toEqual([])
  })
})
