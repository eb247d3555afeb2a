import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import {
  type CreatedRecord,
  count,
  createRecord,
  type Document,
  databaseTime,
  exampleDocument,
  faultAt,
  keyIn,
  listAll,
  listPath,
  nameProperty,
  type Page,
  pages,
} from '../support/documents.ts'
import { resources } from '../support/registry.ts'

const api = useTestApi()

describe.each(resources)('pages of $name', (resource) => {
  const list = listPath(resource)
  const property = resource.key.property
  const key = (record: Document) => keyIn(resource, record)
  const page = async (query: string) => (await api.get(`${list}?${query}`)).json<Page>()

  it.each([property, `-createdAt,${property}`, Object.keys(resource.sorts).at(-1)])(
    'sorted by %s return each remaining record once while other records are created and removed',
    async (sort) => {
      // Every second record remains. The others are removed while the list is read, and new ones are created.
      const created: CreatedRecord[] = []
      for (let index = 0; index < 8; index += 1) created.push(await createRecord(resource, api))
      const remainingKeys = created.filter((_, index) => index % 2 === 0).map((record) => record.key)
      const toRemove = created.filter((_, index) => index % 2 === 1)
      const query = `createdAt[gte]=${created[0]?.record.createdAt}&sort=${sort}&limit=2`

      const seen: string[] = []
      let { data, page: current } = await page(query)
      while (current.next !== null) {
        seen.push(...data.map(key))
        const removed = toRemove.pop()
        if (removed) await api.delete(removed.path)
        if (seen.length < 8) await createRecord(resource, api)
        ;({ data, page: current } = await page(`${query}&cursor=${current.next}`))
      }
      seen.push(...data.map(key))
      expect(toRemove.length).toBeLessThan(4)
      expect(seen.filter((one) => remainingKeys.includes(one)).sort()).toEqual(remainingKeys.sort())
    },
  )

  it('can be read to the end by following only their links', async () => {
    const filter = `fields=${property}&sort=-${property}&createdAt[gte]=2000-01-01`
    const expected = (await listAll(api, resource, filter)).map(key)
    const limit = Math.max(1, Math.ceil(expected.length / 4))
    const found: string[] = []
    let url: string | undefined = `${list}?limit=${limit}&${filter}`
    while (url !== undefined) {
      const response = await api.get(url)
      const { data, page: info } = response.json<Page>()
      found.push(...data.map(key))
      const link = response.headers.get('link')
      expect(link === null).toBe(info.next === null)
      const target = /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1]
      const next: URL | undefined = target === undefined ? undefined : new URL(target, `${api.origin}${url}`)
      expect(next?.searchParams.get('cursor') ?? null).toBe(info.next)
      url = next && `${next.pathname}${next.search}`
    }
    expect(found).toEqual(expected)
  })

  it('have 25 records by default, and up to 200 with limit', async () => {
    const total = await count(api, resource)
    for (const [query, limit] of [
      ['', 25],
      ['limit=1', 1],
      ['limit=200', 200],
    ] as const) {
      const { data, page: info } = await page(query)
      expect(info.limit).toBe(limit)
      expect(data).toHaveLength(Math.min(limit, total))
      expect(info.next === null).toBe(total <= limit)
    }
  })

  it.each(['0', '201', '-1', '1.5', '1e2', '007', 'ten', '', ' 5', '٣', '9'.repeat(30)])(
    'are refused with 400 for limit=%s, and the error has the allowed range',
    async (limit) => {
      const response = await api.get(`${list}?limit=${encodeURIComponent(limit)}`)
      expect(response.status).toBe(400)
      expect(faultAt(response, 'limit')?.message).toContain('from 1 to 200')
    },
  )

  it('may have a different limit and include from page to page', async () => {
    const keys = (await page(`fields=${property}&limit=4`)).data.map(key)
    const one = await page('limit=1')
    const [include] = Object.keys(resource.includes())
    const two = await page(`limit=2&include=${include}&cursor=${one.page.next}`)
    expect([...one.data, ...two.data].map(key)).toEqual(keys.slice(0, 3))
    expect(two.data[0]).toHaveProperty(include ?? '')
  })

  it('have the number of matches only with count, as an exact number or an estimate', async () => {
    const { key: recordKey } = await createRecord(resource, api)
    const exact = await page(`count=exact&limit=1&${property}=${recordKey}`)
    expect(exact.page.total).toEqual({ count: 1, relation: 'exact' })
    const none = await page(`count=exact&${property}=${recordKey}&${property}[ne]=${recordKey}`)
    expect(none).toMatchObject({ data: [], page: { next: null, total: { count: 0, relation: 'exact' } } })
    for (const query of ['', `${property}=${recordKey}`, 'q=science', `sort=-${property}`]) {
      const estimated = await page(`count=estimated&limit=1&${query}`)
      expect(estimated.page.total?.relation).toBe('estimated')
      // The planner knows that keys are unique.
      if (query.startsWith(`${property}=`)) expect(estimated.page.total?.count).toBe(1)
    }
    expect((await page('limit=1')).page).not.toHaveProperty('total')
  })

  it('have the number of all records with count and no filter', async () => {
    const short = await page('count=exact&limit=1')
    const records = await listAll(api, resource)
    expect(short.page.total?.count).toBe(records.length)
    expect((await page('count=exact&limit=200')).page.total?.count).toBe(records.length)
  })

  it('have each record once if the sort values are as long as possible', async () => {
    const name = nameProperty(resource)
    // The notes of citations are no sort values.
    const [sort, maxLength] = name in resource.sorts ? [name, 500] : ['paragraph', 50]
    const create = async (ending: string): Promise<string> => {
      const longest = `${'火'.repeat(maxLength - 1)}${ending}`
      const document = sort === name ? { [name]: longest } : { locator: { paragraph: longest } }
      return (await createRecord(resource, api, await exampleDocument(resource, api, document))).key
    }
    const since = await databaseTime(api)
    const last = await create('b')
    const first = [await create('a'), await create('a')]
    const query = `sort=${sort},${property}&limit=1&createdAt[gte]=${since}`
    const found = (await pages(api, resource, query)).map((records) => records.map(key))
    expect(found).toEqual([...first.toSorted().map((one) => [one]), [last]])
  })
})
