import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registry } from '../../src/resources/registry.ts'
import { type Api, openApi } from '../support/api.ts'
import { all, type Document, keyIn, listPath, refusal } from '../support/documents.ts'
import {
  cellText,
  disarmed,
  linesOf,
  media,
  readCsv,
  rowsIn,
  tableOf,
  workbook,
} from '../support/export-files.ts'

const { resources } = registry

/** Whole results in other formats than pages of JSON. */

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

describe.each(resources)('an export of $name', (resource) => {
  const path = listPath(resource)

  it('as NDJSON has every record as the list has it, in its order', async () => {
    const answer = await api.get(`${path}?format=ndjson&sort=-updatedAt`)
    expect(answer.headers.get('content-type')).toMatch(media.ndjson)
    expect(linesOf(answer.text)).toEqual(await all(api, resource, 'sort=-updatedAt'))
  })

  it('as CSV has a row for every record, whose plain properties are those of the record', async () => {
    const answer = await api.get(path, { headers: { accept: media.csv } })
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${resource.name}.csv"`)
    expect(answer.headers.get('vary')).toBe('Accept, Accept-Encoding, Authorization')
    const rows = tableOf(answer.text)
    const records = await all(api, resource)
    expect(rows.length).toBe(records.length)
    for (const [at, record] of records.entries()) {
      for (const [property, value] of Object.entries(record)) {
        if (value !== null && typeof value === 'object') continue
        const cell = rows[at]?.[property]
        if (cell === undefined) expect(value).toBe(null)
        else expect(cell).toBe(typeof value === 'string' ? disarmed(value) : cellText(value))
      }
    }
  })

  it('as XLSX has the same table as the CSV, and the sources of its citations', async () => {
    const book = await workbook(api, `${path}?format=xlsx`)
    const [header = [], ...rows] = rowsIn(book.worksheets[0])
    const csv = readCsv((await api.get(`${path}?format=csv`)).text)
    expect(header).toEqual(csv[0])
    expect(rows.map((row) => cellText(row[0]))).toEqual(csv.slice(1).map(([key]) => key))
    const cited = new Set(
      (await all(api, resources.find(({ name }) => name === 'citations') ?? resource)).flatMap(
        ({ source, record }) =>
          resource.name === 'citations' || Object(record).resource === resource.name ? [String(source)] : [],
      ),
    )
    const sourceRows = rowsIn(book.worksheets[1]).slice(1)
    expect(new Set(sourceRows.map(([id]) => String(id)))).toEqual(cited)
  })

  it('as GeoJSON exists for resources with a location; others name the formats that they have', async () => {
    const located = 'location' in resource.document.shape
    const answer = await api.get(path, { headers: { accept: media.geojson } })
    expect(answer.status).toBe(located ? 200 : 406)
    if (!located) {
      expect(refusal(answer).detail).toContain('text/csv')
      expect((await api.get(`${path}?format=geojson`)).status).toBe(400)
      return
    }
    const { features } = answer.json<{ features: { id: string; properties: Document }[] }>()
    const records = await all(api, resource)
    expect(features.map(({ properties }) => properties)).toEqual(records)
    expect(features.map(({ id }) => id)).toEqual(records.map((record) => keyIn(resource, record)))
  })

  it('of a search is what the search finds, whole', async () => {
    const { property } = resource.key
    const found = await api.post(`${path}/search?format=ndjson`, {
      sort: [{ by: property, direction: 'desc' }],
      fields: [property],
    })
    expect(linesOf(found.text)).toEqual(await all(api, resource, `sort=-${property}&fields=${property}`))
  })
})

describe('the parameters of an export', () => {
  it.each([
    [{}, 'application/json'],
    [{ accept: '*/*' }, 'application/json'],
    [{ accept: 'text/*' }, media.csv],
    [{ accept: 'application/json;q=0.5, text/csv; charset=utf-8' }, media.csv],
    [{ accept: 'application/x-ndjson, text/csv;q=0.1' }, media.ndjson],
  ])('by %j is answered as %s', async (headers, type) => {
    const answer = await api.get('/v1/topics?fields=slug', { headers })
    expect(answer.headers.get('content-type')?.split(';')[0]).toBe(type)
  })

  it('by the parameter goes before the header, whatever that is', async () => {
    const headers = { accept: 'image/png' }
    const answer = await api.get('/v1/topics?format=csv', { headers })
    expect(answer.headers.get('content-type')).toMatch(media.csv)
    expect((await api.get('/v1/topics?format=json', { headers })).json().data).toHaveLength(25)
    expect((await api.get('/v1/topics', { headers })).status).toBe(406)
  })

  it.each(['limit=10', 'cursor=abc', 'count=exact'])(
    'with %s is refused, since it has no pages',
    async (query) => {
      const answer = await api.get(`/v1/topics?format=csv&${query}`)
      expect(answer.status).toBe(400)
      expect(refusal(answer).errors?.[0]?.parameter).toBe(query.split('=')[0])
    },
  )

  it('in a search with what is of pages is refused at its place', async () => {
    const answer = await api.post('/v1/topics/search?format=csv', { limit: 10, count: 'exact' })
    expect(answer.status).toBe(400)
    expect(refusal(answer).errors?.map(({ pointer }) => pointer)).toEqual(['/limit', '/count'])
  })

  it.each([
    '/v1/agreements?per=participant',
    '/v1/agreements?per=participant&format=ndjson',
    '/v1/agreements?per=participant&format=csv&fields=title',
    '/v1/topics?per=participant&format=csv',
  ])('by rows that it cannot have is refused: %s', async (path) => {
    const answer = await api.get(path)
    expect(answer.status).toBe(400)
    expect(refusal(answer).errors?.[0]?.parameter).toBe('per')
  })

  it('narrows the columns by fields, adds what is included, and keeps filters', async () => {
    const query = 'country=PAK&fields=title,location&include=citations'
    const { text } = await api.get(`/v1/assistance-programs?format=csv&${query}`)
    const [header] = readCsv(text)
    const location = ['name', 'country', 'latitude', 'longitude', 'elevationMetres']
    expect(header).toEqual(['title', ...location.map((name) => `location.${name}`), 'citations'])
  })

  it('by HEAD has the headers of GET and no body, and is refused as GET is', async () => {
    const answer = await api.request('HEAD', '/v1/agreements?format=csv')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(media.csv)
    expect(answer.headers.get('content-length')).toBe(null)
    expect(answer.text).toBe('')
    expect((await api.request('HEAD', '/v1/agreements?format=csv&limit=3')).status).toBe(400)
  })
})
