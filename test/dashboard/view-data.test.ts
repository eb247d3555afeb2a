import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { findViewData } from '../../src/server/plugins/dashboard/find-view-data.ts'
import { countInList } from '../support/aggregates.ts'
import { startTestApi, useTestApi } from '../support/api.ts'
import { databaseTime } from '../support/documents.ts'

/** The data of views as CSV and JSON, at the URLs of the views. Needs `npm run build`. */

const api = useTestApi({ env: { RATE_LIMIT: '0' } })

const readText = async (path: string) => (await read(path)).text

const readRows = async (path: string): Promise<Record<string, string>[]> =>
  parse(await readText(path), { columns: true })

/** Requests the data of a view. */
async function read(path: string) {
  const response = await fetch(api.origin + path)
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  }
}

/** Returns the lines of a CSV text, with the header. */
const linesOf = (csv: string) => csv.trim().split('\r\n')

describe('the data of a view', () => {
  it.each([
    ['/map?resource=projects', '/v1/projects/aggregate?groupBy=country&sort=-count'],
    ['/map?from=2011', '/v1/agreements/aggregate?groupBy=country&happenedIn=2011/..&sort=-count'],
  ])('has a row for each group, and is also available as JSON: %s', async (view, path) => {
    const { data } = (await api.get(path)).json<{
      data: { key: { country: string }; label: { country: string }; measures: { count: number } }[]
    }>()
    const csv = await read(`${view}&format=csv`)
    expect(csv.type).toBe('text/csv; charset=utf-8')
    expect(linesOf(csv.text)[0]).toBe('country,label:country,count,list')
    expect(
      linesOf(csv.text)
        .slice(1)
        .map((row) => row.split(',')[0]),
    ).toEqual(data.map(({ key }) => key.country))
    const json = await read(`${view}&format=json`)
    expect(JSON.parse(json.text).data).toEqual(data)
  })

  it('of a network has a row for each pair', async () => {
    const { partners } = (await api.get('/v1/countries/CHN/network?limit=1000')).json<{
      partners: { country: string; count: number }[]
    }>()
    expect(partners.length).toBeGreaterThan(0)
    const csv = linesOf((await read('/network?centre=CHN&format=csv')).text).slice(1)
    expect(csv).toHaveLength(partners.length)
    for (const [index, { country, count }] of partners.entries())
      expect(csv[index]).toMatch(new RegExp(`^CHN,China,${country},.*,${count},`))
    const whole = (await api.get('/v1/network?limit=1000')).json<{ edges: unknown[] }>()
    expect(linesOf((await read('/network?format=csv')).text)).toHaveLength(whole.edges.length + 1)
  })

  it('of a list of records is its complete export', async () => {
    const count = await countInList(api, '/v1/agreements?happenedIn=2011/..')
    expect(linesOf((await read('/timeline?from=2011&format=csv')).text)).toHaveLength(count + 1)
    expect((await read('/explore/agreements?country=PAK&columns=title,signedOn&format=csv')).text).toBe(
      (await api.get('/v1/agreements/export?country=PAK&fields=title,signedOn&format=csv')).text,
    )
  })

  it('of a country has rows for the groups of its briefing, such as a year of agreements', async () => {
    const csv = linesOf((await read('/countries/CHN?format=csv')).text)
    expect(csv[0]).toBe('resource,by,key,label,count,list')
    expect(csv.some((row) => row.startsWith('agreements,year,2011,2011,3,'))).toBe(true)
  })

  it('is refused for an unknown format, a view without data, and a filter that the API refuses', async () => {
    expect((await read('/map?format=xml')).text).toContain('must be csv or json')
    expect((await read('/sign-in?format=csv')).text).toContain('this view has no data of its own')
    const refused = await read('/map?resource=projects&kynd=other&format=csv')
    expect(refused).toMatchObject({ status: 400, type: 'application/problem+json; charset=utf-8' })
    expect(refused.text).toContain('kynd')
  })

  it.each([
    ['/?', 'agreements'],
    ['/compare?country=PAK,DEU&resource=projects', 'projects'],
    ['/compare?country=CHN&before=2030-01-01T00:00:00Z', 'agreements'],
    ['/compare?country=CHN,PAK&before=2030-01-01T00:00:00Z', 'agreements'],
    ['/compare?country=CHN&before=2030-01-01T00:00:00Z&resource=figures', 'figures'],
    ['/compare?country=CHN,PAK&resource=organizations', 'organizations'],
    ['/compare?country=CHN&partnerOf=PAK&before=2030-01-01T00:00:00Z', 'agreements'],
  ])('has the numbers of the API, each with the list of its records: %s', async (view, resource) => {
    // The service refuses a time in the future.
    const path = view.replace('2030-01-01T00:00:00Z', new Date().toISOString())
    const rows = await readRows(`${path}&format=csv`)
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.some((row) => row.resource === resource)).toBe(true)
    for (const { list, count } of rows) expect(await countInList(api, list ?? ''), list).toBe(Number(count))
    const { parts }: { parts: { path: string }[] } = JSON.parse(await readText(`${path}&format=json`))
    expect(parts.length).toBeGreaterThan(0)
    for (const part of parts) expect((await api.get(part.path)).status, part.path).toBe(200)
  })

  it.each(['/?format=csv', '/?format=json', '/map?format=csv', '/countries/PAK?format=csv'])(
    'is stored by no cache, since it depends on the reader: %s',
    async (path) => {
      const response = await fetch(api.origin + path)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('no-store')
    },
  )

  it('has labels in the language of the page', async () => {
    const rows = await readRows('/?format=csv&lang=zh')
    expect(rows.find(({ key }) => key === 'PAK')?.label).toBe('巴基斯坦')
  })

  it.each([
    ['/map?', '/map?country=XXX'],
    ['/network?', '/network?from=1700&to=1701'],
    ['/network?resource=projects', '/network?resource=projects&from=1700&to=1701'],
    ['/network?centre=CHN', '/network?centre=CHN&from=1700&to=1701'],
    ['/search?q=energy', '/search?q=zzzzqqq'],
    ['/compare?country=PAK,DEU', '/compare?country=AND,LIE'],
    ['/countries/PAK?', '/countries/AND?'],
  ])('has its columns even if it has no rows: %s', async (viewWithRows, viewWithoutRows) => {
    const [columns] = (await readText(`${viewWithRows}&format=csv`)).split('\r\n')
    expect(columns).not.toBe('')
    expect(await readText(`${viewWithoutRows}&format=csv`)).toBe(`${columns}\r\n`)
  })

  it('compares the figures in the registry at two times, whatever their own dates', async () => {
    const before = await databaseTime(api)
    const count = await countInList(api, '/v1/figures')
    const figure = { indicator: 'test_figures', title: 'A count', value: 1, unit: 'tests', country: 'CHN' }
    expect((await api.post('/v1/figures', { ...figure, asOf: '1950' })).status).toBe(201)
    const rows = await readRows(`/compare?resource=figures&before=${before}&format=csv`)
    const sum = (time: string) =>
      rows
        .filter(({ by, asOf }) => by === 'country' && asOf === time)
        .reduce((total, row) => total + Number(row.count), 0)
    expect([sum(before), sum('')]).toEqual([count, count + 1])
  })

  it('selects by all values of a repeated parameter, as the API does', async () => {
    const numbers = async (query: string) =>
      (await readRows(`/map?${query}&format=csv`)).map(({ country, count }) => [country, count])
    const both = await numbers('country=PAK&country=DEU')
    expect(both).toEqual(await numbers('country=PAK,DEU'))
    expect(both).not.toEqual(await numbers('country=DEU'))
    const compared = await readRows('/compare?country=PAK&country=DEU&format=csv')
    expect(new Set(compared.map(({ country }) => country))).toEqual(new Set(['PAK', 'DEU']))
  })

  it('has the four countries that the page of a comparison shows, if its URL has five', async () => {
    const text = await readText('/compare?country=PAK,DEU,FRA,EGY,CHN&format=json')
    const { parts }: { parts: { column: { country: string } }[] } = JSON.parse(text)
    const countries = new Set(parts.map(({ column }) => column.country))
    expect(countries).toEqual(new Set(['PAK', 'DEU', 'FRA', 'EGY']))
  })

  it('compares the country into which a country of the URL was merged, as the page does', async () => {
    const country = { code: 'ZZB', name: 'A country that is merged' }
    expect((await api.post('/v1/countries', country)).status).toBe(201)
    const before = await databaseTime(api)
    const headers = { 'if-match': '*' }
    expect((await api.post('/v1/countries/ZZB/merge', { into: 'DEU' }, { headers })).status).toBe(200)
    for (const [merged, remaining] of [
      ['country=ZZB,CHN', 'country=DEU,CHN'],
      [`country=ZZB&before=${before}`, `country=DEU&before=${before}`],
      [`country=ZZB,PAK&before=${before}`, `country=ZZB,PAK,DEU&before=${before}`],
    ])
      for (const format of ['csv', 'json']) {
        const text = await readText(`/compare?${merged}&resource=projects&format=${format}`)
        expect(text, merged).toContain('DEU')
        expect(text, merged).toBe(await readText(`/compare?${remaining}&resource=projects&format=${format}`))
      }
    expect(await readText('/compare?country=ZZB,DEU&format=csv')).toContain('must be two to four countries')
  })

  it('keeps commas within values of filters whose values may contain commas', async () => {
    const target = async (path: string) =>
      (await fetch(`${api.origin}${path}&format=json`, { redirect: 'manual' })).headers.get('location')
    expect(await target('/explore/citations?page[]=12,14&page=16,18')).toBe(
      '/v1/citations?page%5B%5D=12,14&page=16,18',
    )
    expect(await target('/explore/sources?externalId=doi:a%2Cb')).toBe(
      '/v1/sources?externalId%5B%5D=doi%3Aa,b',
    )
    expect(await target('/explore/agreements?country[all]=CHN%2CPAK')).toBe(
      '/v1/agreements?country%5Ball%5D=CHN,PAK',
    )
  })

  it('is refused if the API refuses a part, or if a parameter of the view has a wrong value', async () => {
    const refused = await fetch(`${api.origin}/compare?country=PAK,DEU&kynd=other&format=csv`)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain('kynd')
    expect(await readText('/compare?country=PAK&format=csv')).toContain('must be two to four countries')
    const codes = Array.from({ length: 201 }, () => 'PAK').join()
    for (const others of ['', '&before=2020-01-01T00:00:00Z'])
      expect(await readText(`/compare?country=${codes}${others}&format=json`)).toContain(
        'at most 200 are possible',
      )
    expect(await readText('/compare?country=PAK,DEU&resource=treaties&format=csv')).toContain(
      'must be one of',
    )
  })
})

describe('the data of a search, of a record and of the changes', () => {
  it('has a row for each hit, without markup', async () => {
    const { data } = (await api.get('/v1/search?q=energy&limit=50')).json<{ data: { key: string }[] }>()
    expect(data.length).toBeGreaterThan(1)
    const rows = await readRows('/search?q=energy&format=csv')
    expect(rows.map(({ key }) => key)).toEqual(data.map(({ key }) => key))
    expect(rows.every(({ snippet }) => !/<mark>|&amp;/.test(snippet ?? ''))).toBe(true)
    expect(JSON.parse(await readText('/search?q=energy&format=json')).data).toEqual(data)
  })

  it('has a row for each value of a record, with its JSON pointer', async () => {
    const rows = await readRows('/records/countries/PAK?format=csv&lang=zh')
    expect(rows).toContainEqual({ property: '/code', value: 'PAK' })
    expect(rows.some(({ property }) => property === '/aliases/0/name')).toBe(true)
    expect(JSON.parse(await readText('/records/countries/PAK?format=json'))).toMatchObject({ code: 'PAK' })
    expect((await fetch(`${api.origin}/records/countries/QQQ?format=csv`)).status).toBe(404)
  })

  it('has a row for each of the latest 100 changes', async () => {
    const rows = await readRows('/changes?format=csv&lang=zh')
    expect(rows).toHaveLength(100)
    const latest = (await api.get('/v1/changes?order=desc&limit=100')).json<{ data: object[] }>().data
    const shown = rows.map(({ time, resource, key, operation }) => ({ time, resource, key, operation }))
    expect(latest).toMatchObject(shown)
  })
})

describe('a refusal of the data of a view', () => {
  it('asks for a valid key if the key is wrong, as the API does', async () => {
    const headers = { authorization: 'Bearer ent_wrong' }
    const refused = await fetch(`${api.origin}/?format=csv`, { headers })
    expect(refused.status).toBe(401)
    const direct = await api.get('/v1/agreements', { headers })
    expect(refused.headers.get('www-authenticate')).toBe(direct.headers.get('www-authenticate'))
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /)
  })

  it.each([
    ['/?', 'from=2011', 'there is no parameter "from" here; it can be "format", "lang"'],
    ['/search?q=energy&', 'Lang=zh', 'there is no parameter "Lang" here; did you mean "lang"?'],
    ['/changes?', 'country=PAK', 'there is no parameter "country" here; it can be "after", "format", "lang"'],
    ['/changes?', 'limit=5', 'there is no parameter "limit" here; it can be "after", "format", "lang"'],
    [
      '/search?q=energy&',
      'fields=title',
      'there is no parameter "fields" here; it can be "q", "format", "lang"',
    ],
    [
      '/?',
      'from=2011&from=2012&from[]=2013',
      'there is no parameter "from" here; it can be "format", "lang"',
    ],
  ])('names a parameter that the data of %s would ignore', async (view, parameter, message) => {
    const refused = await fetch(`${api.origin}${view}${parameter}&format=csv`)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      errors: [{ parameter: parameter.split('=')[0], code: 'unknown', message }],
    })
  })

  it.each(['/?lang=zh&lang=en&format=csv', '/changes?format=csv&format=json'])(
    'names a repeated parameter of which the data would ignore a value: %s',
    async (path) => {
      const refused = await fetch(api.origin + path)
      expect(refused.status).toBe(400)
      const [, parameter] = /[?](\w+)=/.exec(path) ?? []
      expect(await refused.json()).toMatchObject({ errors: [{ parameter, code: 'repeated' }] })
    },
  )

  it('does not refuse the parameter `embed`, which links in a frame keep', async () => {
    expect((await read('/changes?embed=1&format=csv')).status).toBe(200)
  })

  it('lists at most 100 unknown parameters, and counts the others', () => {
    const search = Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&')
    const data = findViewData('changes', {}, search, [])
    expect(data).toMatchObject({ kind: 'invalid', faults: { listed: { length: 100 }, unlistedCount: 900 } })
  })

  it('names the dates of the period as the URL of the view does', async () => {
    const refused = await fetch(`${api.origin}/map?from=20&to=1990-13&format=csv`)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ errors: [{ parameter: 'from' }, { parameter: 'to' }] })
  })

  it.each(['agreements', 'figures'])(
    'names the times of a comparison as its URL does: %s',
    async (resource) => {
      const path = `/compare?resource=${resource}&before=yesterday&asOf=2020-13-01&format=csv`
      const refused = await fetch(api.origin + path)
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({ errors: [{ parameter: 'before' }, { parameter: 'asOf' }] })
    },
  )

  it('says after how many seconds a client over its rate limit can try again', async () => {
    const limited = await startTestApi({ env: { RATE_LIMIT: '5' } })
    const refused = await fetch(`${limited.origin}/?format=csv`)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await limited.close()
  })
})
