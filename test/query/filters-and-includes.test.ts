import { describe, expect, it } from 'vitest'
import { aggregate } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import { createRecord, exampleDocument, readProblem, resourceOf, seededKey } from '../support/documents.ts'

const agreements = resourceOf('agreements')

const api = useTestApi()

const keysIn = async (path: string) =>
  (await api.get(path))
    .json<{ data: { id: string }[] }>()
    .data.map(({ id }) => id)
    .sort()

describe('the filters source and externalIdScheme', () => {
  it('find the records that a citation of the source supports', async () => {
    const source = await seededKey(api, 'sources')
    const created = await createRecord(agreements, api)
    expect(await keysIn(`/v1/agreements?source=${source}&limit=200`)).not.toContain(created.key)
    const record = { resource: 'agreements', id: created.key }
    expect((await api.post('/v1/citations', { source, record })).status).toBe(201)
    expect(await keysIn(`/v1/agreements?source=${source}&limit=200`)).toContain(created.key)
  })

  it('find the records with an external id of the scheme, in lists, aggregates and networks', async () => {
    const externalIds = [{ scheme: 'unts', id: '52013' }]
    const created = await createRecord(
      agreements,
      api,
      await exampleDocument(agreements, api, { externalIds }),
    )
    expect(await keysIn('/v1/agreements?externalIdScheme=unts')).toEqual([created.key])
    const { total } = await aggregate(api, 'agreements', { groupBy: 'kind', externalIdScheme: 'unts' })
    expect(total).toBe(1)
    const network = await api.get('/v1/countries/CHN/network?externalIdScheme=unts')
    expect(network.json()).toMatchObject({ total: { records: 1 } })
  })
})

describe('the filter record of citations', () => {
  it.each([
    ['01933B5E-7C1A-7D4E-9F2B-3A5C6D7E8F90', '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'],
    ['Electric_vehicles', 'electric-vehicles'],
    ['Pak', 'PAK'],
  ])('refuses %s, which is no key, and suggests the key that is similar to it', async (sent, suggested) => {
    const response = await api.get(`/v1/citations?record=${sent}`)
    expect(response.status, response.text).toBe(400)
    expect(readProblem(response).errors).toMatchObject([
      { parameter: 'record', message: expect.stringContaining(`did you mean "${suggested}"?`) },
    ])
  })
})

describe('the dimension and filter broadestTopic', () => {
  it('groups records by broadest topics, and links each group to its records', async () => {
    const topic = async (slug: string, broader: string | null) =>
      expect((await api.post('/v1/topics', { slug, name: slug, scheme: 'domain', broader })).status).toBe(201)
    await topic('sky', null)
    await topic('clouds', 'sky')
    await topic('cirrus', 'clouds')
    const created = await createRecord(
      agreements,
      api,
      await exampleDocument(agreements, api, { topics: ['cirrus', 'clouds'] }),
    )
    const { data } = await aggregate(api, 'agreements', { groupBy: 'broadestTopic', id: created.key })
    expect(data.map(({ key, measures }) => [key.broadestTopic, measures.count])).toEqual([['sky', 1]])
    expect(await keysIn(data[0]?.list ?? '')).toEqual([created.key])
    expect(await keysIn('/v1/agreements?broadestTopic=sky')).toEqual([created.key])
    expect(await keysIn('/v1/agreements?broadestTopic=clouds')).toEqual([])
  })

  it('has the group null for records without topics, with its list', async () => {
    const created = await createRecord(
      agreements,
      api,
      await exampleDocument(agreements, api, { topics: [] }),
    )
    const { data } = await aggregate(api, 'agreements', { groupBy: 'broadestTopic', id: created.key })
    expect(data.map(({ key }) => key.broadestTopic)).toEqual([null])
    expect(await keysIn(data[0]?.list ?? '')).toEqual([created.key])
  })
})

describe('the filters country[all] and region[all]', () => {
  it('use the roles that they state, and otherwise the roles of the filter role', async () => {
    const programs = resourceOf('assistance-programs')
    const participants = [
      { country: 'ISL', role: 'donor' },
      { country: 'TON', role: 'recipient' },
    ]
    const { key } = await createRecord(programs, api, await exampleDocument(programs, api, { participants }))
    const found = (query: string) => keysIn(`/v1/assistance-programs?id=${key}&${query}`)
    expect(await found('country%5Ball%5D=ISL:donor&role=recipient')).toEqual([key])
    expect(await found('region%5Ball%5D=150:donor&role=recipient')).toEqual([key])
    expect(await found('country%5Ball%5D=ISL:recipient&role=donor')).toEqual([])
    expect(await found('country%5Ball%5D=ISL&role=donor')).toEqual([key])
    expect(await found('country%5Ball%5D=ISL&role=recipient')).toEqual([])
    expect(await found('country%5Ball%5D=ISL,TON:recipient&role=donor')).toEqual([key])
  })
})

describe('includes of related agreements and hosts', () => {
  it('have the agreements that an agreement is related to, in either direction', async () => {
    const first = await createRecord(
      agreements,
      api,
      await exampleDocument(agreements, api, { relations: [] }),
    )
    const relations = [{ kind: 'renews', agreement: first.key }]
    const second = await createRecord(agreements, api, await exampleDocument(agreements, api, { relations }))
    const related = async (path: string) =>
      (await api.get(`${path}?include=relatedAgreements`))
        .json<{ relatedAgreements: { id: string }[] }>()
        .relatedAgreements.map(({ id }) => id)
    expect(await related(first.path)).toEqual([second.key])
    expect(await related(second.path)).toEqual([first.key])
  })

  it('have the host country and the host organization of a base, or null', async () => {
    const bases = resourceOf('cooperation-bases')
    const hosts = { hostCountry: 'CHN', hostOrganization: null }
    const { path } = await createRecord(bases, api, await exampleDocument(bases, api, hosts))
    const base = (await api.get(`${path}?include=hostCountryDetails,hostOrganizationDetails`)).json()
    expect(base).toMatchObject({ hostCountryDetails: { name: 'China' }, hostOrganizationDetails: null })
  })
})
