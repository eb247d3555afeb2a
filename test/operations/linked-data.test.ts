import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { createRecord, type Document, resourceOf, seededKey } from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi({ env: { PUBLIC_URL: 'https://registry.example', PUBLISHER_NAME: 'A ministry' } })

describe.each(resources)('$name', (resource) => {
  it('as JSON-LD has its URL, type, name and version, and an entity tag for conditional reads', async () => {
    const { path, record } = await createRecord(resource, api, await fullDocument(resource, api))
    const response = await api.get(`${path}/jsonld`)
    expect(response.status, response.text).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/ld\+json/)
    const document = response.json<Document>()
    expect(document['@id']).toBe(`https://registry.example${path}`)
    expect(document['@type']).toContain('prov:Entity')
    const times = { dateCreated: record.createdAt, dateModified: record.updatedAt }
    expect(document.mainEntityOfPage).toMatchObject({ version: 1, ...times })
    expect(Object.keys(document)).not.toContain('dateCreated')
    const name = record.title ?? record.name
    if (name !== undefined) expect(document.name).toBe(name)
    const tag = response.headers.get('etag') ?? ''
    const again = await api.get(`${path}/jsonld`, { headers: { 'if-none-match': tag } })
    expect(again.status).toBe(304)
  })

  it.each(['', '&names=false', '&fields=visibility,version'])(
    'has a table schema with the header of its CSV file (%s)',
    async (query) => {
      const { text } = await api.get(`/v1/${resource.name}/export?format=csv${query}`)
      const header: string[][] = parse(text, { to: 1 })
      const response = await api.get(`/v1/${resource.name}/table-schema?${query.slice(1)}`)
      expect(response.status, response.text).toBe(200)
      const { fields } = response.json<{ fields: { name: string }[] }>()
      expect([fields.map(({ name }) => name)]).toEqual(header)
    },
  )

  it('has times in its table schema whose format allows fractions of seconds', async () => {
    const response = await api.get(`/v1/${resource.name}/table-schema`)
    const { fields } = response.json<{ fields: { name: string }[] }>()
    const times = fields.filter(({ name }) => name === 'createdAt' || name === 'updatedAt')
    const time = { type: 'datetime', format: 'any' }
    expect(times).toEqual([
      { name: 'createdAt', ...time },
      { name: 'updatedAt', ...time },
    ])
  })
})

it('countries, organizations, topics and sources have their codes, names and dates in JSON-LD', async () => {
  const read = async (path: string) => (await api.get(`${path}/jsonld`)).json<Document>()
  const code = (propertyID: string, value: string) => ({ '@type': 'PropertyValue', propertyID, value })
  expect(await read('/v1/countries/PAK')).toMatchObject({
    alternateName: expect.arrayContaining(['Islamic Republic of Pakistan', '巴基斯坦']),
    identifier: expect.arrayContaining([code('code', 'PAK'), code('alpha2', 'PK'), code('numeric', '586')]),
  })
  expect(await read('/v1/regions/142')).toMatchObject({ identifier: [code('code', '142')] })
  const ror = 'https://ror.org/034t30j35'
  const laboratory = { name: 'A laboratory', kind: 'other', acronym: 'LAB', ror }
  const organization = await createRecord(resourceOf('organizations'), api, laboratory)
  expect(await read(organization.path)).toMatchObject({ alternateName: ['LAB'], sameAs: ror })
  const term = { slug: 'wells', name: 'Wells', scheme: 'crs', code: '99999' }
  const topic = await createRecord(resourceOf('topics'), api, term)
  expect(await read(topic.path)).toMatchObject({ termCode: '99999', inDefinedTermSet: { name: 'crs' } })
  for (const [publishedOn, expected] of [
    ['2011-04', '2011-04'],
    ['2011?', undefined],
    ['2011-21', undefined],
  ]) {
    const report = { title: 'Report', kind: 'report', publishedOn }
    const { path } = await createRecord(resourceOf('sources'), api, report)
    expect((await read(path)).datePublished).toBe(expected)
  }
})

it('a figure has its value, unit, qualifier, country and date in JSON-LD', async () => {
  const figure = {
    indicator: 'wells',
    title: 'Wells',
    value: 200,
    qualifier: 'more_than',
    unit: 'wells',
    country: 'PAK',
  }
  for (const [asOf, observationDate] of [
    ['2011-08', '2011-08'],
    ['201X', undefined],
  ]) {
    const { path } = await createRecord(resourceOf('figures'), api, { ...figure, asOf })
    const document = (await api.get(`${path}/jsonld`)).json<Document>()
    expect(document).toMatchObject({
      value: 200,
      unitText: 'wells',
      'entente:qualifier': 'more_than',
      observationAbout: { '@id': 'https://registry.example/v1/countries/PAK' },
    })
    expect(document.observationDate).toBe(observationDate)
  }
})

it('the sources of a record are in its JSON-LD as derivations, each with its locator and link', async () => {
  const [source, id] = [await seededKey(api, 'sources'), await seededKey(api, 'agreements')]
  const locator = { paragraph: '3' }
  const url = 'https://archive.example/3'
  await api.post('/v1/citations', {
    source,
    record: { resource: 'agreements', id },
    property: '/title',
    locator,
    url,
  })
  const document = (await api.get(`/v1/agreements/${id}/jsonld`)).json<Document>()
  const address = `https://registry.example/v1/sources/${source}`
  expect(document['prov:wasDerivedFrom']).toContainEqual({ '@id': address })
  expect(document['prov:qualifiedDerivation']).toContainEqual(
    expect.objectContaining({
      'prov:entity': expect.objectContaining({ '@id': address, name: expect.any(String) }),
      'entente:property': '/title',
      'entente:locator': locator,
      'prov:atLocation': { '@id': url },
    }),
  )
})

it.each([
  ['2006/2008', null, '2006/..'],
  ['2006/2008', '2010/2012', '2006/2012'],
  [null, '2010-04~', '../2010-04~'],
  ['/2008', '2010', '/2010'],
  ['201X', null, undefined],
  [null, null, undefined],
])('the time of a project from %s to %s is %s in JSON-LD', async (startsOn, endsOn, expected) => {
  const project = { title: 'Timed', kind: 'other', startsOn, endsOn }
  const { path } = await createRecord(resourceOf('projects'), api, project)
  const document = (await api.get(`${path}/jsonld`)).json<Document>()
  expect(document.temporalCoverage).toBe(expected)
})

it('the catalog has a data set for each resource, whose distributions can be downloaded', async () => {
  const response = await api.get('/v1/catalog')
  expect(response.headers.get('content-type')).toMatch(/^application\/ld\+json/)
  const catalog = response.json<Record<string, Document[]>>()
  const datasets = catalog['dcat:dataset'] ?? []
  expect(datasets.map((dataset) => dataset['@id'])).toEqual(
    resources.map(({ name }) => `https://registry.example/v1/${name}`),
  )
  for (const dataset of datasets) {
    const distributions = Object(dataset)['dcat:distribution']
    expect(distributions).not.toEqual([])
    for (const distribution of distributions) {
      const url = new URL(distribution['dcat:downloadURL']['@id'])
      expect(distribution['dcat:accessURL']).toEqual(distribution['dcat:downloadURL'])
      const file = await api.request('HEAD', url.pathname + url.search)
      expect(file.status).toBe(200)
      const type = String(file.headers.get('content-type')).split(';')[0]
      const expected =
        type === 'application/x-ndjson'
          ? { 'dcterms:format': { '@type': 'dcterms:MediaTypeOrExtent', 'rdfs:label': type } }
          : { 'dcat:mediaType': { '@id': `https://www.iana.org/assignments/media-types/${type}` } }
      expect(distribution).toMatchObject(expected)
    }
  }
})
