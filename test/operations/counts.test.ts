import { describe, expect, it } from 'vitest'
import { countInList } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'

interface Figure {
  id: string
  value: number
  query?: string | null
  recorded: { count: number; list: string } | null
}

const api = useTestApi()

const postFigure = (query: string | null) =>
  api.post('/v1/figures', { indicator: 'treaties', title: 'Treaties', value: 7, unit: 'treaties', query })

const makeFigure = async (query: string | null) => (await postFigure(query)).json<Figure>()

const readFigure = async (id: string, query = '') => {
  const response = await api.get(`/v1/figures/${id}?include=recorded${query}`)
  expect(response.status, response.text).toBe(200)
  return response.json<Figure>()
}

describe('include=recorded', () => {
  it('adds a count of records, and their list, to each figure with a list request', async () => {
    const { data } = (await api.get('/v1/figures?include=recorded')).json<{ data: Figure[] }>()
    expect(data.filter(({ recorded }) => recorded !== null).length).toBeGreaterThan(0)
    for (const { query, recorded } of data) {
      expect(recorded?.list ?? null).toBe(query)
      if (recorded) expect(recorded.count).toBe(await countInList(api, recorded.list))
    }
  })

  it('works for a record, in a search, and with `fields` that leave out the list request', async () => {
    const { id } = await makeFigure('/v1/agreements?country=CHN')
    const { recorded } = await readFigure(id)
    expect(recorded?.count).toBeGreaterThan(0)
    expect((await readFigure(id, '&fields=value')).recorded).toEqual(recorded)
    const body = { where: { id: { eq: id } }, include: ['recorded', 'countries'] }
    const found = (await api.post('/v1/figures/search', body, { key: null })).json<{ data: Figure[] }>()
    expect(found.data[0]?.recorded).toEqual(recorded)
  })

  it('has a list that clients can request as it is, even if the list request is not encoded', async () => {
    const { id } = await makeFigure('/v1/agreements?q=中国&title[ne]="x"')
    const { recorded } = await readFigure(id)
    expect(recorded?.list).toBe('/v1/agreements?q=%E4%B8%AD%E5%9B%BD&title[ne]=%22x%22')
    expect(recorded?.count).toBe(await countInList(api, recorded?.list ?? ''))
  })

  it('is null for a figure without a list request', async () => {
    const { id } = await makeFigure(null)
    expect((await readFigure(id)).recorded).toBeNull()
  })

  it('is null for a list request with broken percent-encoding, which was written in SQL', async () => {
    const { id } = await makeFigure('/v1/agreements?country=CHN')
    const text = "update figures set query = '/v1/agreements?title=%zz' where id = $1"
    await api.pool.query(text, [id])
    expect((await readFigure(id)).recorded).toBeNull()
  })

  it('works with an offset from UTC of 15:59, and a query with a larger offset is refused', async () => {
    const query = (offset: string) => `/v1/agreements?createdAt[gte]=2026-01-31T00:00:00${offset}`
    const { id } = await makeFigure(query('%2B15:59'))
    expect((await readFigure(id)).recorded?.count).toBeGreaterThan(0)
    const refused = await postFigure(query('%2B16:00'))
    expect(refused.status, refused.text).toBe(422)
    expect(refused.json()).toMatchObject({ errors: [{ pointer: '/query' }] })
  })

  it('uses the whole query of a list request, even if a value has a question mark', async () => {
    for (const kind of ['treaty', 'protocol']) await api.post('/v1/agreements', { title: 'Why?', kind })
    const query = '/v1/agreements?title=Why?&kind=treaty'
    const { id } = await makeFigure(query)
    expect((await readFigure(id)).recorded).toEqual({ count: 1, list: query })
    const refused = await postFigure('/v1/agreements?title=Why?&kidn=treaty')
    expect(refused.json()).toMatchObject({ status: 422, errors: [{ pointer: '/query' }] })
  })

  it('counts only the records that the reader may see', async () => {
    const { id } = await makeFigure('/v1/agreements?kind=treaty')
    const before = await readFigure(id)
    await api.post('/v1/agreements', { title: 'Not for all', kind: 'treaty', visibility: 'internal' })
    expect(await readFigure(id)).toEqual(before)
    const path = `/v1/figures/${id}?include=recorded`
    const { recorded } = (await api.get(path, { key: adminKey })).json<Figure>()
    expect(recorded?.count).toBe((before.recorded?.count ?? 0) + 1)
  })

  it('is updated as soon as a counted record is written, and asOf returns the earlier count', async () => {
    const { id } = await makeFigure('/v1/projects?kind=observatory')
    const before = await readFigure(id)
    const moment = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await api.post('/v1/projects', { title: 'Telescope', kind: 'observatory' })
    expect((await readFigure(id)).recorded?.count).toBe((before.recorded?.count ?? 0) + 1)
    const past = await readFigure(id, `&asOf=${moment}`)
    expect(past.recorded?.count).toBe(before.recorded?.count)
    expect(past.recorded?.list).toContain(`asOf=${encodeURIComponent(moment)}`)
  })

  it('is refused with a limit above 50, and in exports', async () => {
    const list = await api.get('/v1/figures?include=recorded&limit=51')
    expect(list.status).toBe(400)
    expect(list.json()).toMatchObject({
      errors: [{ parameter: 'limit', code: 'too_big', limit: 50 }],
    })
    const search = await api.post('/v1/figures/search', { include: ['recorded'], limit: 51 })
    expect(search.json()).toMatchObject({ status: 400, errors: [{ pointer: '/limit', limit: 50 }] })
    expect((await api.get('/v1/figures/export?format=ndjson&include=recorded')).status).toBe(400)
  })
})
