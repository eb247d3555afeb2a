import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../../src/features/generating/generate.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { createRecord, type Document, resourceOf } from '../support/documents.ts'
import { waitForFeed } from '../support/feed.ts'

interface Counted {
  count: number
  list: string
}
interface Group {
  key: Record<string, string | null>
  label: Record<string, string>
  measures: Record<string, number | null>
  list: string
}
interface Groups {
  data: Group[]
  groups: number
}
interface Section extends Counted {
  groups: Record<string, Groups>
}
interface Briefing {
  country: { code: string; name: string; link: string }
  day: string
  records: Record<string, Section>
  inForce: Section
  expiring: Counted & { data: { id: string; expiresOn: string; link: string }[] }
  units: Groups
  given: Counted & { byYearAndCurrency: Groups }
  received: Counted & { byYearAndCurrency: Groups }
  changes: { list: string; data: { key: string; link: string; operation: string }[] } | null
  figures: { title: string; value: number; recorded: Counted | null; link: string }[]
  figuresList: string
  sources: Groups
}

let api: Api
beforeAll(async () => {
  api = await startTestApi()
  await generate(api.database, 150, 11)
}, 60_000)
afterAll(() => api.close())

async function briefing(code: string, query = '', key: string | null = null): Promise<Briefing> {
  const response = await api.get(`/v1/countries/${code}/briefing${query}`, { key })
  expect(response.status, response.text).toBe(200)
  return response.json<Briefing>()
}

/** Returns all numbers of a document that have the path of a list beside them. */
function countedIn(value: unknown): Counted[] {
  if (typeof value !== 'object' || value === null) return []
  const { count, measures, list } = value as { count?: number; measures?: { count: number }; list?: string }
  const number = count ?? measures?.count
  const counted = number !== undefined && list !== undefined ? [{ count: number, list }] : []
  return [...counted, ...Object.values(value).flatMap(countedIn)]
}

async function total(list: string): Promise<number> {
  const response = await api.get(`${list}&limit=1&count=exact`)
  expect(response.status, `${list} ${response.text}`).toBe(200)
  return response.json<{ page: { total: { count: number } } }>().page.total.count
}

/** Compares every number with the length of its list. @returns the number of comparisons. */
async function followLinks(document: Briefing): Promise<number> {
  const all = countedIn(document)
  for (const { count, list } of all) expect(await total(list), list).toBe(count)
  return all.length
}

describe('GET /v1/countries/{code}/briefing', () => {
  it.each(['CHN', 'PAK'])(
    'of %s has numbers that equal the lengths of their linked lists',
    async (code) => {
      expect(await followLinks(await briefing(code))).toBeGreaterThan(40)
    },
    120_000,
  )

  it('as of a past time links to lists as of that time, with the same numbers', async () => {
    const before = new Date().toISOString()
    const parties = ['PAK', 'NPL'].map((country) => ({ country, role: 'party' }))
    await createRecord(resourceOf('agreements'), api, { title: 'x', kind: 'treaty', parties })
    const document = await briefing('NPL', `?asOf=${before}`)
    expect(document.changes).toBeNull()
    expect(document.day).toBe(before.slice(0, 10))
    expect(await followLinks(document)).toBeGreaterThan(5)
    const { records } = await briefing('NPL')
    expect(records.agreements?.count).toBe((document.records.agreements?.count ?? 0) + 1)
  }, 60_000)

  it('counts partners without the country itself, including those that are not listed', async () => {
    const { records } = await briefing('CHN')
    const partner = records.agreements?.groups.partner
    expect(partner?.data).toHaveLength(20)
    expect(partner?.data.map(({ key }) => key.country)).not.toContain('CHN')
    const query = 'country=CHN&groupBy=country'
    const all = (await api.get(`/v1/agreements/aggregate?${query}`)).json<{ groups: { count: number } }>()
    expect(partner?.groups).toBe(all.groups.count - 1)
  })

  it('lists agreements in force that expire within a year, the earliest first', async () => {
    const { day, expiring: before } = await briefing('KIR')
    const later = (months: number) => {
      const date = new Date(day)
      date.setUTCMonth(date.getUTCMonth() + months)
      return date.toISOString().slice(0, 10)
    }
    const agreement = (dates: Document) =>
      createRecord(resourceOf('agreements'), api, {
        title: 'x',
        kind: 'treaty',
        parties: [{ country: 'KIR', role: 'party' }],
        inForceFrom: '2001',
        ...dates,
      })
    const [late, soon] = [
      await agreement({ expiresOn: later(11) }),
      await agreement({ expiresOn: later(2) }),
      await agreement({ expiresOn: later(14) }),
      await agreement({ expiresOn: later(3), terminatedOn: '2010' }),
      await agreement({}),
    ]
    const { expiring, inForce } = await briefing('KIR')
    expect(before.count).toBe(0)
    expect(expiring.data.map(({ id }) => id)).toEqual([soon?.key, late?.key])
    expect(inForce.count).toBe(4)
  })

  it('has programs given and received by year, kind and currency, and bases with their units', async () => {
    const program = (role: string, amount: number, currency: string) =>
      createRecord(resourceOf('assistance-programs'), api, {
        title: 'x',
        modality: 'training',
        startsOn: '2009-05',
        participants: [{ country: 'FSM', role }],
        amounts: [{ kind: 'commitment', amount, currency }],
      })
    await program('donor', 10, 'CNY')
    await program('donor', 5, 'CNY')
    await program('donor', 7, 'USD')
    await program('recipient', 3, 'USD')
    await createRecord(resourceOf('cooperation-bases'), api, {
      name: 'x',
      kind: 'ground_station',
      unitCount: 12,
      hostCountry: 'FSM',
    })
    const { given, received, units } = await briefing('FSM')
    const sums = ({ byYearAndCurrency }: Briefing['given']) =>
      byYearAndCurrency.data.map(({ key, measures }) => [...Object.values(key), measures['sum:amount']])
    expect(sums(given)).toEqual([
      ['2009', 'commitment', 'CNY', 15],
      ['2009', 'commitment', 'USD', 7],
    ])
    expect(sums(received)).toEqual([['2009', 'commitment', 'USD', 3]])
    expect(units.data).toMatchObject([
      { key: { kind: 'ground_station' }, measures: { count: 1, 'sum:unitCount': 12 } },
    ])
  })

  it('has figures as claimed by sources beside the numbers of the registry, and the sources', async () => {
    const { figures, sources } = await briefing('CHN')
    const partners = figures.find(({ recorded }) => recorded?.list === '/v1/countries?partnerOf=CHN')
    expect(partners?.value).toBe(152)
    expect(partners?.recorded?.count).toBeGreaterThan(5)
    for (const { link } of figures) expect((await api.get(link)).status).toBe(200)
    expect(sources.data.length).toBeGreaterThan(0)
    expect(Object.values(sources.data[0]?.label ?? {})[0]).toMatch(/\w/)
  })

  it('has the first 50 figures, and the path of the list of all figures, with and without asOf', async () => {
    const figure = { indicator: 'treaties', title: 'Treaties', value: 7, unit: 'treaties', country: 'TUV' }
    const operations = Array.from({ length: 51 }, () => ({ op: 'create', document: figure }))
    expect((await api.post('/v1/figures/bulk', { operations })).status).toBe(200)
    const { figures, figuresList } = await briefing('TUV')
    expect(figures).toHaveLength(50)
    const list = await api.get(`${figuresList}&count=exact`)
    expect(list.json()).toMatchObject({ page: { total: { count: 51 } } })
    const moment = new Date().toISOString()
    const past = await briefing('TUV', `?asOf=${moment}`)
    expect(past.figuresList).toBe(`${figuresList}&registryAsOf=${encodeURIComponent(moment)}`)
  })

  it('has the latest changes, including those of removed records', async () => {
    const { key, path } = await createRecord(resourceOf('projects'), api, {
      title: 'Gone',
      kind: 'other',
      locations: [{ country: 'TUV' }],
    })
    await api.delete(path)
    const { changes } = await briefing('TUV')
    expect(changes?.data.slice(0, 2)).toMatchObject([
      { key, title: 'Gone', operation: 'remove' },
      { key, title: 'Gone', operation: 'create' },
    ])
    await waitForFeed(api)
    const all = (await api.get(`${changes?.list}&limit=2`)).json<{ data: { key: string }[] }>()
    expect(all.data.map((change) => change.key)).toEqual([key, key])
    expect((await api.get(changes?.data[0]?.link ?? '')).status).toBe(200)
  })

  it('names the records of the latest changes in the language of the request', async () => {
    const aliases = [{ name: '图瓦卢学院', language: 'zh-Hans' }]
    await api.post('/v1/organizations', { name: 'Tuvalu College', kind: 'academic', country: 'TUV', aliases })
    const titleIn = async (query: string) => (await briefing('TUV', query)).changes?.data[0]
    expect(await titleIn('?lang=zh')).toMatchObject({ title: '图瓦卢学院' })
    expect(await titleIn('')).toMatchObject({ title: 'Tuvalu College' })
  })

  it('has a change as soon as it is committed, even while an earlier transaction is running', async () => {
    const running = await api.pool.connect()
    try {
      // A running transaction with an id delays the feed.
      await running.query('begin; select pg_current_xact_id()')
      const parties = [{ country: 'KIR', role: 'party' }]
      const made = await api.post('/v1/agreements', { title: 'The newest', kind: 'other', parties })
      const { id } = made.json<{ id: string }>()
      expect((await briefing('KIR')).changes?.data[0]?.key).toBe(id)
    } finally {
      await running.query('rollback')
      running.release()
    }
  })

  it('shows nothing about internal records to a reader without a key', async () => {
    await createRecord(resourceOf('agreements'), api, {
      title: 'Secret',
      kind: 'treaty',
      parties: [{ country: 'NRU', role: 'party' }],
      visibility: 'internal',
    })
    expect((await briefing('NRU')).records.agreements?.count).toBe(0)
    expect((await briefing('NRU', '', adminKey)).records.agreements?.count).toBe(1)
  })

  it('names the country in the requested language', async () => {
    expect((await briefing('PAK', '?lang=zh')).country.name).toBe('巴基斯坦')
  })

  it('returns 404 for an unknown country, and 400 for a malformed code', async () => {
    expect((await api.get('/v1/countries/ZZZ/briefing')).status).toBe(404)
    expect((await api.get('/v1/countries/pak/briefing')).status).toBe(400)
  })
})
