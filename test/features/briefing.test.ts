// @module-tag slow

import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { generate } from '../../src/features/generating/generate.ts'
import { countInList, type Group } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { createRecord, type Document, resourceOf } from '../support/documents.ts'
import { waitForFeed } from '../support/feed.ts'
import { create } from '../support/labelled-records.ts'

/** A date less than a year away: briefings list agreements that expire on it. */
const inHundredDays = new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10)

const countedList = z.object({ count: z.number(), list: z.string() })
type CountedList = z.output<typeof countedList>

/** An object of a briefing, whose count may be among its measures. */
const part = z.looseObject({
  count: z.unknown().optional(),
  measures: z.looseObject({ count: z.unknown() }).optional(),
  list: z.unknown().optional(),
})

interface Groups {
  data: Group[]
  groups: number
}
interface Section extends CountedList {
  groups: Record<string, Groups>
}
interface Briefing {
  country: { code: string; name: string; link: string }
  day: string
  records: Record<string, Section>
  inForce: Section
  expiring: CountedList & {
    data: { id: string; title: string; visibility: string; expiresOn: string; link: string }[]
  }
  units: Groups
  given: CountedList & { amounts: Groups }
  received: CountedList & { amounts: Groups }
  changes: {
    list: string
    data: { key: string; title: string | null; visibility: string; link: string; operation: string }[]
  } | null
  figures: { title: string; value: number; recorded: CountedList | null; link: string }[]
  figuresList: string
  sources: Groups
}

const api = useTestApi()
beforeAll(async () => {
  await generate(api.database, 150, 11)
})

async function getBriefing(code: string, query = '', key: string | null = null): Promise<Briefing> {
  const response = await api.get(`/v1/countries/${code}/briefing${query}`, { key })
  expect(response.status, response.text).toBe(200)
  return response.json<Briefing>()
}

/** Returns all counts in a document that have the path of a list beside them. @throws if such a count is not a number. */
function countsIn(value: unknown): CountedList[] {
  if (Array.isArray(value)) return value.flatMap(countsIn)
  if (typeof value !== 'object' || value === null) return []
  const { count, measures, list } = part.parse(value)
  const found = count === undefined ? measures?.count : count
  const ownCounts =
    found !== undefined && list !== undefined ? [countedList.parse({ count: found, list })] : []
  return [...ownCounts, ...Object.values(value).flatMap(countsIn)]
}

/** Compares every count with the length of its list. @returns the number of comparisons. */
async function followLinks(document: Briefing): Promise<number> {
  const counts = countsIn(document)
  for (const { count, list } of counts) expect(await countInList(api, list), list).toBe(count)
  return counts.length
}

describe('GET /v1/countries/{code}/briefing', () => {
  it.each(['CHN', 'PAK'])(
    'of %s has numbers that equal the lengths of their linked lists',
    async (code) => {
      expect(await followLinks(await getBriefing(code))).toBeGreaterThan(40)
    },
    120_000,
  )

  it('as of a past time links to lists as of that time, with the same numbers', async () => {
    const before = new Date().toISOString()
    const parties = ['PAK', 'NPL'].map((country) => ({ country, role: 'party' }))
    await createRecord(resourceOf('agreements'), api, { title: 'x', kind: 'treaty', parties })
    const document = await getBriefing('NPL', `?asOf=${before}`)
    expect(document.changes).toBeNull()
    expect(document.day).toBe(before.slice(0, 10))
    expect(await followLinks(document)).toBeGreaterThan(5)
    const { records } = await getBriefing('NPL')
    expect(records.agreements?.count).toBe((document.records.agreements?.count ?? 0) + 1)
  }, 60_000)

  it('counts partners without the country itself, including those that are not listed', async () => {
    const { records } = await getBriefing('CHN')
    const partner = records.agreements?.groups.partner
    expect(partner?.data).toHaveLength(20)
    expect(partner?.data.map(({ key }) => key.country)).not.toContain('CHN')
    const query = 'country=CHN&groupBy=country'
    const all = (await api.get(`/v1/agreements/aggregate?${query}`)).json<{ groups: { count: number } }>()
    expect(partner?.groups).toBe(all.groups.count - 1)
  })

  it('lists agreements in force that expire within a year, the earliest first', async () => {
    const { day, expiring: before } = await getBriefing('KIR')
    const addMonths = (months: number) => {
      const date = new Date(day)
      date.setUTCMonth(date.getUTCMonth() + months)
      return date.toISOString().slice(0, 10)
    }
    const createAgreement = (dates: Document) =>
      createRecord(resourceOf('agreements'), api, {
        title: 'x',
        kind: 'treaty',
        parties: [{ country: 'KIR', role: 'party' }],
        inForceFrom: '2001',
        ...dates,
      })
    const dayAfterYear = new Date(Date.parse(addMonths(12)) + 86_400_000).toISOString().slice(0, 10)
    const late = await createAgreement({ expiresOn: addMonths(12) })
    const soon = await createAgreement({ expiresOn: addMonths(2) })
    await createAgreement({ expiresOn: dayAfterYear })
    await createAgreement({ expiresOn: addMonths(3), terminatedOn: '2010' })
    await createAgreement({})
    const { expiring, inForce } = await getBriefing('KIR')
    expect(before.count).toBe(0)
    expect(expiring.data.map(({ id }) => id)).toEqual([soon.key, late.key])
    expect(expiring.count).toBe(2)
    expect(inForce.count).toBe(4)
  })

  it('lists at most 20 of the agreements that expire, with the number of all', async () => {
    const document = {
      title: 'One of many',
      kind: 'treaty',
      parties: [{ country: 'MHL', role: 'party' }],
      inForceFrom: '2001',
      expiresOn: inHundredDays,
    }
    const operations = Array(21).fill({ op: 'create', document })
    expect((await api.post('/v1/agreements/bulk', { operations })).status).toBe(200)
    const { expiring } = await getBriefing('MHL')
    expect(expiring.data).toHaveLength(20)
    expect(expiring.count).toBe(21)
  })

  it('sums amounts given and received by year, kind and currency, and units of bases by kind', async () => {
    const createProgram = (role: string, amount: number, currency: string) =>
      createRecord(resourceOf('assistance-programs'), api, {
        title: 'x',
        modality: 'training',
        startsOn: '2009-05',
        participants: [{ country: 'FSM', role }],
        amounts: [{ kind: 'commitment', amount, currency }],
      })
    await createProgram('donor', 10, 'CNY')
    await createProgram('donor', 5, 'CNY')
    await createProgram('donor', 7, 'USD')
    await createProgram('recipient', 3, 'USD')
    await createRecord(resourceOf('cooperation-bases'), api, {
      name: 'x',
      kind: 'ground_station',
      unitCount: 12,
      hostCountry: 'FSM',
    })
    const { given, received, units } = await getBriefing('FSM')
    const sums = ({ amounts }: Briefing['given']) =>
      amounts.data.map(({ key, measures }) => [...Object.values(key), measures['sum:amount']])
    expect(sums(given)).toEqual([
      ['2009', 'commitment', 'CNY', 15],
      ['2009', 'commitment', 'USD', 7],
    ])
    expect(sums(received)).toEqual([['2009', 'commitment', 'USD', 3]])
    expect(units.data).toMatchObject([
      { key: { kind: 'ground_station' }, measures: { count: 1, 'sum:unitCount': 12 } },
    ])
  })

  it('has the figures of sources, some with the count that the registry has, and the sources', async () => {
    const { figures, sources } = await getBriefing('CHN')
    const partners = figures.find(({ recorded }) => recorded?.list === '/v1/countries?partnerOf=CHN')
    expect(partners?.value).toBe(152)
    expect(partners?.recorded?.count).toBeGreaterThan(5)
    for (const { link } of figures) expect((await api.get(link)).status).toBe(200)
    const counts = sources.data.map(({ measures }) => measures.count ?? 0)
    expect(counts).toEqual(counts.toSorted((one, other) => other - one))
    expect(counts[0]).toBeGreaterThan(counts.at(-1) ?? 0)
    expect(Object.values(sources.data[0]?.label ?? {})[0]).toMatch(/\w/)
  })

  it('has the first 50 figures, and the path of the list of all figures, also with asOf', async () => {
    const figure = { indicator: 'treaties', title: 'Treaties', value: 7, unit: 'treaties', country: 'TUV' }
    const operations = Array.from({ length: 51 }, () => ({ op: 'create', document: figure }))
    expect((await api.post('/v1/figures/bulk', { operations })).status).toBe(200)
    const { figures, figuresList } = await getBriefing('TUV')
    expect(figures).toHaveLength(50)
    expect(await countInList(api, figuresList)).toBe(51)
    const moment = new Date().toISOString()
    const past = await getBriefing('TUV', `?asOf=${moment}`)
    expect(past.figures).toEqual(figures)
    expect(past.figuresList).toBe(`${figuresList}&registryAsOf=${encodeURIComponent(moment)}`)
  })

  it('has the latest changes, including those of removed records', async () => {
    const { key, path } = await createRecord(resourceOf('projects'), api, {
      title: 'Gone',
      kind: 'other',
      locations: [{ country: 'TUV' }],
    })
    await api.delete(path)
    const { changes } = await getBriefing('TUV')
    expect(changes?.data.slice(0, 2)).toMatchObject([
      { key, title: 'Gone', operation: 'remove' },
      { key, title: 'Gone', operation: 'create' },
    ])
    await waitForFeed(api)
    const all = (await api.get(`${changes?.list}&limit=2`)).json<{ data: { key: string }[] }>()
    expect(all.data.map((change) => change.key)).toEqual([key, key])
    expect((await api.get(changes?.data[0]?.link ?? '')).status).toBe(200)
    expect((await getBriefing('CHN')).changes?.data).toHaveLength(10)
  })

  it('names the records of the latest changes in the language of the request', async () => {
    const aliases = [{ name: '图瓦卢学院', language: 'zh-Hans' }]
    await api.post('/v1/organizations', { name: 'Tuvalu College', kind: 'academic', country: 'TUV', aliases })
    const readLatestChange = async (query: string) => (await getBriefing('TUV', query)).changes?.data[0]
    expect(await readLatestChange('?lang=zh')).toMatchObject({ title: '图瓦卢学院' })
    expect(await readLatestChange('')).toMatchObject({ title: 'Tuvalu College' })
  })

  it('uses Chinese alternative titles in `changes` and `expiring`, like include=names', async () => {
    const id = await create(api, 'agreements', {
      title: 'Agreement on corals',
      alternativeTitles: [{ name: 'Corals' }, { name: '珊瑚协议', language: 'zh' }],
      kind: 'treaty',
      inForceFrom: '2011',
      expiresOn: inHundredDays,
      parties: [{ country: 'PLW', role: 'party' }],
    })
    const { changes, expiring } = await getBriefing('PLW', '?lang=zh')
    expect(changes?.data[0]).toMatchObject({ title: '珊瑚协议' })
    expect(expiring.data[0]).toMatchObject({ title: '珊瑚协议' })
    expect((await getBriefing('PLW')).expiring.data[0]).toMatchObject({ title: 'Agreement on corals' })
    const project = { title: 'Reef', kind: 'other', agreements: [id] }
    const { id: key } = (await api.post('/v1/projects', project)).json<{ id: string }>()
    const read = await api.get(`/v1/projects/${key}?include=names&lang=zh`)
    expect(read.json()).toMatchObject({ names: { agreements: { [id]: '珊瑚协议' } } })
  })

  it('has a change as soon as it is committed, even while an earlier transaction is running', async () => {
    const running = await api.pool.connect()
    try {
      // A running transaction with an id delays the feed.
      await running.query('begin; select pg_current_xact_id()')
      const parties = [{ country: 'KIR', role: 'party' }]
      const created = await api.post('/v1/agreements', { title: 'The newest', kind: 'other', parties })
      const { id } = created.json<{ id: string }>()
      expect((await getBriefing('KIR')).changes?.data[0]?.key).toBe(id)
    } finally {
      await running.query('rollback')
      running.release()
    }
  })

  it('neither counts nor names internal records for a reader without a key', async () => {
    await createRecord(resourceOf('agreements'), api, {
      title: 'Secret',
      kind: 'treaty',
      parties: [{ country: 'NRU', role: 'party' }],
      visibility: 'internal',
    })
    const publicBriefing = await getBriefing('NRU')
    expect(publicBriefing.records.agreements?.count).toBe(0)
    expect(JSON.stringify(publicBriefing)).not.toContain('Secret')
    const fullBriefing = await getBriefing('NRU', '', adminKey)
    expect(fullBriefing.records.agreements?.count).toBe(1)
    expect(JSON.stringify(fullBriefing)).toContain('Secret')
  })

  it('has the visibility of the records in `changes` and `expiring`, for a reader with a key', async () => {
    const parties = [{ country: 'NRU', role: 'party' }]
    for (const visibility of ['public', 'internal']) {
      const dates = { inForceFrom: '2001', expiresOn: inHundredDays }
      await api.post('/v1/agreements', { title: visibility, kind: 'treaty', parties, visibility, ...dates })
    }
    const { changes, expiring } = await getBriefing('NRU', '', adminKey)
    for (const records of [changes?.data.slice(0, 2), expiring.data]) {
      expect(records).toHaveLength(2)
      for (const { title, visibility } of records ?? []) expect(visibility).toBe(title)
    }
  })

  it('names the country in the requested language', async () => {
    expect((await getBriefing('PAK', '?lang=zh')).country.name).toBe('巴基斯坦')
  })

  it('returns 404 for an unknown country, and 400 for a malformed code', async () => {
    expect((await api.get('/v1/countries/ZZZ/briefing')).status).toBe(404)
    expect((await api.get('/v1/countries/pak/briefing')).status).toBe(400)
  })
})
