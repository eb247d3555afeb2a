import { describe, expect, it } from 'vitest'
import { registry } from '../../src/resources/registry.ts'
import { useTestApi } from '../support/api.ts'
import { type Document, keyIn, listAll, listPath, readProblem, resourceOf } from '../support/documents.ts'
import {
  cellText,
  mediaTypes,
  openWorkbook,
  readCsv,
  readCsvObjects,
  readNdjson,
  rowsIn,
  withEscapedFormulas,
} from '../support/export-files.ts'

const { resources } = registry

/** Exports of every resource as NDJSON, CSV, XLSX and GeoJSON, and the parameters of exports. */

const api = useTestApi()

describe.each(resources)('an export of $name', (resource) => {
  const path = `${listPath(resource)}/export`

  it('as NDJSON has every record of the list, in the same order', async () => {
    const response = await api.get(`${path}?format=ndjson&sort=-updatedAt`)
    expect(response.headers.get('content-type')).toMatch(mediaTypes.ndjson)
    expect(readNdjson(response.text)).toEqual(await listAll(api, resource, 'sort=-updatedAt'))
  })

  it('as CSV has a row for every record with the values of its scalar properties', async () => {
    const response = await api.get(`${path}?format=csv`)
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${resource.name}.csv"`)
    expect(response.headers.get('vary')).toBe('Accept-Language, Accept-Encoding, Authorization')
    const rows = readCsvObjects(response.text)
    const records = await listAll(api, resource)
    expect(rows.length).toBe(records.length)
    for (const [index, record] of records.entries()) {
      for (const [property, value] of Object.entries(record)) {
        if (value !== null && typeof value === 'object') continue
        const cell = rows[index]?.[property]
        if (cell === undefined) expect(value).toBe(null)
        else expect(cell).toBe(typeof value === 'string' ? withEscapedFormulas(value) : cellText(value))
      }
    }
  })

  it('as XLSX has the columns and the keys of the CSV, and the sources of its citations', async () => {
    const book = await openWorkbook(api, `${path}?format=xlsx`)
    const [header = [], ...rows] = rowsIn(book.worksheets[0])
    const csv = readCsv((await api.get(`${path}?format=csv`)).text)
    expect(header).toEqual(csv[0])
    expect(rows.map((row) => cellText(row[0]))).toEqual(csv.slice(1).map(([key]) => key))
    const cited = new Set(
      (await listAll(api, resourceOf('citations'))).flatMap(({ source, record }) =>
        resource.name === 'citations' || Object(record).resource === resource.name ? [String(source)] : [],
      ),
    )
    const sourceRows = rowsIn(book.worksheets[1]).slice(1)
    expect(new Set(sourceRows.map(([id]) => String(id)))).toEqual(cited)
  })

  it('as GeoJSON exists for resources with a location; others refuse it, and list their formats', async () => {
    const response = await api.get(`${path}?format=geojson`)
    if (!('location' in resource.document.shape || 'locations' in resource.document.shape)) {
      expect(response.status).toBe(400)
      expect(readProblem(response).errors?.[0]).toMatchObject({
        parameter: 'format',
        message: expect.stringMatching(/csv.*ndjson.*xlsx/),
      })
      return
    }
    expect(response.headers.get('content-type')).toBe(mediaTypes.geojson)
    const { features } = response.json<{ features: { id: string; properties: Document }[] }>()
    const records = await listAll(api, resource)
    expect(features.map(({ properties }) => properties)).toEqual(records)
    expect(features.map(({ id }) => id)).toEqual(records.map((record) => keyIn(resource, record)))
  })

  it('of a search has all records that the search finds', async () => {
    const { property } = resource.key
    const found = await api.post(`${path}?format=ndjson`, {
      sort: [{ by: property, direction: 'desc' }],
      fields: [property],
    })
    const listed = await listAll(api, resource, `sort=-${property}&fields=${property}`)
    expect(readNdjson(found.text)).toEqual(listed)
  })
})

describe('the parameters of an export', () => {
  it('require a format, and the error names the formats', async () => {
    for (const response of [
      await api.get('/v1/topics/export'),
      await api.post('/v1/topics/export', {}),
      await api.get('/v1/topics/export?format=json'),
    ]) {
      expect(response.status).toBe(400)
      expect(readProblem(response).errors).toMatchObject([{ parameter: 'format' }])
    }
    for (const query of ['', '?format=cvs']) {
      const wrong = await api.get(`/v1/topics/export${query}`)
      expect(readProblem(wrong).errors?.[0]?.message).toContain('it can be "csv", "ndjson", "xlsx"')
    }
  })

  it.each(['application/octet-stream', 'application/json', 'image/png', '*/*'])(
    'determine its media type, even with Accept: %s',
    async (accept) => {
      const response = await api.get('/v1/topics/export?format=csv', { headers: { accept } })
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    },
  )

  it('are refused by lists and searches, which return JSON, or 406 if Accept excludes it', async () => {
    for (const response of [
      await api.get('/v1/topics?format=csv'),
      await api.get('/v1/topics?per=participant'),
    ])
      expect(response.status).toBe(400)
    expect((await api.post('/v1/topics/search?format=csv', {})).status).toBe(400)
    for (const accept of ['text/csv', 'text/*', 'application/json;q=0']) {
      const response = await api.get('/v1/topics', { headers: { accept } })
      expect({ accept, status: response.status }).toEqual({ accept, status: 406 })
      expect(readProblem(response).detail).toContain('application/json')
    }
    for (const accept of ['text/csv, application/json;q=0.1', 'application/*', 'Application/JSON'])
      expect((await api.get('/v1/topics', { headers: { accept } })).status).toBe(200)
  })

  it.each(['limit=10', 'cursor=abc', 'count=exact'])(
    'with %s are refused, since an export has no pages',
    async (query) => {
      const response = await api.get(`/v1/topics/export?format=csv&${query}`)
      expect(response.status).toBe(400)
      expect(readProblem(response).errors?.[0]?.parameter).toBe(query.split('=')[0])
    },
  )

  it('for paging are refused in the body of a POST, too, with a pointer to each', async () => {
    const response = await api.post('/v1/topics/export?format=csv', { limit: 10, count: 'exact' })
    expect(response.status).toBe(400)
    expect(readProblem(response).errors?.map(({ pointer }) => pointer)).toEqual(['/limit', '/count'])
  })

  it.each([
    '/v1/agreements/export?per=participant&format=ndjson',
    '/v1/agreements/export?per=participant&format=csv&fields=title',
    '/v1/topics/export?per=participant&format=csv',
    '/v1/agreements/table-schema?per=participant&fields=title',
  ])('with per=participant are refused if the file has no columns of participants: %s', async (path) => {
    const response = await api.get(path)
    expect(response.status).toBe(400)
    expect(readProblem(response).errors?.[0]?.parameter).toBe('per')
  })

  it('select columns with fields, and add includes', async () => {
    const query = 'country=PAK&fields=name,location&include=citations'
    const { text } = await api.get(`/v1/cooperation-bases/export?format=csv&${query}`)
    const [header] = readCsv(text)
    const location = ['name', 'country', 'country.name', 'latitude', 'longitude', 'elevationMetres']
    expect(header).toEqual(['name', ...location.map((name) => `location.${name}`), 'citations'])
  })

  it('with HEAD are checked as with GET; the response has the same headers, and no body', async () => {
    const response = await api.request('HEAD', '/v1/agreements/export?format=csv')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(mediaTypes.csv)
    expect(response.headers.get('content-length')).toBe(null)
    expect(response.text).toBe('')
    expect((await api.request('HEAD', '/v1/agreements/export?format=csv&limit=3')).status).toBe(400)
  })
})

it('a list refuses an Accept without JSON, even if a stored response could be sent', async () => {
  const path = '/v1/topics?limit=7'
  expect((await api.get(path)).status).toBe(200)
  expect((await api.get(path, { headers: { accept: 'text/csv' } })).status).toBe(406)
  expect((await api.get(path, { headers: { accept: 'text/csv, */*' } })).status).toBe(200)
})
