import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import {
  type CreatedRecord,
  createRecord,
  databaseTime,
  exampleDocument,
  resourceOf,
  seededKey,
} from '../support/documents.ts'
import { cellText, openWorkbook, rowsIn } from '../support/export-files.ts'

const expeditions = resourceOf('expeditions')
let api: Api
let created: CreatedRecord
let beforeCreation: string
let agreement: string

beforeAll(async () => {
  api = await startTestApi()
  agreement = await seededKey(api, 'agreements')
  beforeCreation = await databaseTime(api)
  created = await createRecord(
    expeditions,
    api,
    await exampleDocument(expeditions, api, {
      title: 'Zephyrine voyage',
      departedOn: '1985-04',
      participants: [
        { country: 'ISL', role: 'lead' },
        { country: 'MNG', role: 'member' },
      ],
      locations: [{ name: 'Camp', country: 'NPL', latitude: 28, longitude: 85 }],
      amounts: [{ kind: 'expenditure', date: '1985', amount: 3.5, currency: 'NOK' }],
      sectors: [{ topic: 'energy', percentage: 100 }],
      budget: { amount: 12.5, currency: 'CNY' },
      ports: [{ name: 'Tromsø', reachedOn: '1985' }],
      agreements: [agreement],
    }),
  )
})
afterAll(() => api.close())

const keysIn = async (path: string) =>
  (await api.get(path)).json<{ data: { id: string }[] }>().data.map(({ id }) => id)

describe('a resource that consists only of its declaration', () => {
  it('has the same paths in the OpenAPI document as another resource', () => {
    const paths = Object.keys(Object(api.document.paths))
    const suffixes = (name: string) =>
      paths.filter((path) => path.startsWith(`/v1/${name}`)).map((path) => path.slice(`/v1/${name}`.length))
    expect(suffixes('expeditions').sort()).toEqual(suffixes('projects').sort())
  })

  it('is in the feed of changes and has a history', async () => {
    // The feed waits for all earlier transactions, including those in other databases.
    const feed = async () => (await api.get('/v1/changes?resource=expeditions&limit=200')).text
    await expect.poll(feed, { timeout: 10_000 }).toContain(created.key)
    expect((await api.get(`${created.path}/history`)).text).toContain('Zephyrine voyage')
  })

  it('is found by the search across resources', async () => {
    expect((await api.get('/v1/search?q=Zephyrine')).text).toContain(created.key)
  })

  it('is in the network with its participants and the country of its location', async () => {
    const network = await api.get('/v1/network?resource=expeditions&from=1985&to=1985')
    expect(network.status, network.text).toBe(200)
    for (const country of ['ISL', 'MNG', 'NPL']) expect(network.text).toContain(country)
  })

  it.each(['csv', 'ndjson', 'geojson'])('is exported as %s', async (format) => {
    const file = await api.get(`/v1/expeditions/export?format=${format}`)
    expect(file.status, file.text).toBe(200)
    expect(file.text).toContain('Zephyrine voyage')
  })

  it('is exported as xlsx', async () => {
    const book = await openWorkbook(api, '/v1/expeditions/export?format=xlsx')
    const cells = rowsIn(book.worksheets[0]).flat().map(cellText)
    expect(cells).toContain('Zephyrine voyage')
  })

  it('lists a record only as of times after its creation', async () => {
    expect(await keysIn(`/v1/expeditions?asOf=${beforeCreation}`)).not.toContain(created.key)
    expect(await keysIn('/v1/expeditions')).toContain(created.key)
  })

  it('can be cited, and shows its citations', async () => {
    const source = await seededKey(api, 'sources')
    const record = { resource: 'expeditions', id: created.key }
    const citation = await api.post('/v1/citations', { source, record })
    expect(citation.status, citation.text).toBe(201)
    expect((await api.get(`${created.path}?include=citations`)).text).toContain(String(citation.json().id))
  })

  it('has readable labels for enumeration values without a translation', async () => {
    const { text } = await api.get('/v1/vocabularies?lang=zh')
    expect(text).toContain('{"word":"polar","label":"Polar"}')
    const groups = await api.get(`/v1/expeditions/aggregate?groupBy=kind&id=${created.key}&lang=zh`)
    expect(groups.json()).toMatchObject({ data: [{ label: { kind: 'Polar' } }] })
  })

  it('is found by its topic, and included in the record to which it refers', async () => {
    expect(await keysIn('/v1/expeditions?topic=energy')).toContain(created.key)
    expect((await api.get(`/v1/agreements/${agreement}?include=expeditions`)).text).toContain(created.key)
  })
})
