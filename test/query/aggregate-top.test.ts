// @module-tag slow

import { beforeAll, describe, expect, it } from 'vitest'
import { aggregate, countInList, type Group } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import type { Page } from '../support/documents.ts'
import { create } from '../support/labelled-records.ts'
import { registry } from '../support/registry.ts'

const api = useTestApi()

/** Returns the groups with a value, sorted by size in descending order and then by key. */
const bySize = (dimension: string, groups: Group[]) =>
  groups
    .filter(({ key }) => key[dimension] !== null)
    .sort(
      (one, other) =>
        Number(other.measures.count) - Number(one.measures.count) ||
        (String(one.key[dimension]) < String(other.key[dimension]) ? -1 : 1),
    )

/** All dimensions except the years, decades and months of dates, for which `top` is always refused. */
const dimensions = registry.resources.flatMap(({ name, dimensions }) =>
  Object.entries(dimensions)
    .filter(([, { type }]) => type !== 'integer')
    .map(([dimension, { values }]) => ({ resource: name, dimension, kind: values.kind })),
)

describe('top', () => {
  it.each(dimensions)(
    'gives the two largest groups of $resource by $dimension and the rest as one, or is refused',
    async ({ resource, dimension, kind }) => {
      const all = await aggregate(api, resource, { groupBy: dimension, limit: '10000' })
      const url = `/v1/${resource}/aggregate?groupBy=${dimension}&top=2`
      const response = await api.get(url)
      // `top` is refused for free text and for the kind, currency and year of amounts: they have no filter for the records with
      // values other than those of the largest groups, which `other.list` needs.
      if (response.status === 400) {
        expect(['country', 'region', 'topic', 'kind', 'status']).not.toContain(dimension)
        expect(response.text).toContain('no filter finds the records with other values')
        return
      }
      const top = await aggregate(api, resource, { groupBy: dimension, top: '2' })
      const known = bySize(dimension, all.data)
      const unknown = all.data.filter(({ key }) => key[dimension] === null)
      expect(top.data).toEqual([...known.slice(0, 2), ...unknown])
      expect(top.total).toBe(all.total)
      const rest = known.slice(2)
      if (rest.length === 0) expect(top.other).toBeNull()
      else {
        expect(top.other).toMatchObject({ label: 'Other', groups: rest.length })
        const sum = rest.reduce((total, { measures }) => total + Number(measures.count), 0)
        const count = Number(top.other?.measures.count)
        if (kind === 'one') expect(count).toBe(sum)
        expect(count).toBeGreaterThan(0)
        expect(count).toBeLessThanOrEqual(sum)
        expect(await countInList(api, top.other?.list ?? '')).toBe(count)
      }
    },
  )

  // Only `top` adds the group without a value, so the two requests must not share a cached statement. Each case has another
  // measure, so that the case before has not cached its statements.
  it.each([
    ['after', 'countDistinct:country', ['limit', 'top']],
    ['before', 'countDistinct:topic', ['top', 'limit']],
  ])(
    'returns the largest group and the group without a value, also %s a request with limit=1',
    async (_, measure, order) => {
      expect((await api.post('/v1/agreements', { title: 'Of no status', kind: 'other' })).status).toBe(201)
      const counts: Record<string, number> = {}
      for (const parameter of order) {
        const more = parameter === 'top' ? { top: '1' } : { sort: '-count', limit: '1' }
        const parameters = { groupBy: 'status', measures: `count,${measure}`, ...more }
        counts[parameter] = (await aggregate(api, 'agreements', parameters)).data.length
      }
      expect(counts).toEqual({ limit: 1, top: 2 })
    },
  )

  it('ranks the groups by the first measure, also if another one ranks them differently', async () => {
    const bases = [
      ['NPL', 1],
      ['NPL', 1],
      ['LKA', 9],
    ] as const
    for (const [hostCountry, unitCount] of bases)
      await create(api, 'cooperation-bases', { name: 'Ranked', kind: 'observatory', hostCountry, unitCount })
    const first = async (measures: string) => {
      const parameters = { groupBy: 'country', name: 'Ranked', measures, top: '1' }
      const { data } = await aggregate(api, 'cooperation-bases', parameters)
      return data.map(({ key }) => key.country)
    }
    expect(await first('sum:unitCount,count')).toEqual(['LKA'])
    expect(await first('count,sum:unitCount')).toEqual(['NPL'])
  })

  it('gives `other` the measures of the records of its list, and a label in Chinese', async () => {
    const parameters = { groupBy: 'country', measures: 'sum:unitCount,count', 'kind[ne]': 'observatory' }
    const { data, other } = await aggregate(api, 'cooperation-bases', { ...parameters, top: '1', lang: 'zh' })
    expect(data[0]?.key.country).toBe('CHN')
    expect(other?.label).toBe('其他')
    const list = await api.get(`${other?.list}&fields=unitCount`)
    const others = list.json<{ data: { unitCount: number }[] }>().data
    expect(other?.measures).toEqual({
      'sum:unitCount': others.reduce((sum, { unitCount }) => sum + unitCount, 0),
      count: others.length,
    })
  })

  it.each([
    ['groupBy=kind&top=0', 'top', 'must be a whole number from 1 to 50'],
    ['groupBy=kind&top=51', 'top', 'must be a whole number from 1 to 50'],
    ['groupBy=kind,country&top=3', 'top', 'needs exactly one dimension in groupBy'],
    ['groupBy=signedYear&top=3', 'top', 'is not possible for signedYear: no filter finds the records with'],
    ['groupBy=kind&top=3&limit=4', 'limit', 'cannot be combined with top, which replaces it'],
    ['groupBy=kind&top=3&sort=kind', 'sort', 'cannot be combined with top, which replaces it'],
    ['groupBy=kind&top=3&having=count>1', 'having', 'cannot be combined with top, which replaces it'],
    ['groupBy=country&top=3&country[otherThan]=CHN', 'top', 'cannot be combined with country[otherThan]'],
  ])('is refused with its fault: %s', async (query, parameter, message) => {
    const response = await api.get(`/v1/agreements/aggregate?${query}`)
    expect(response.status).toBe(400)
    const { errors } = response.json<{ errors: { parameter: string; message: string }[] }>()
    expect(errors.find((error) => error.parameter === parameter)?.message).toContain(message)
  })
})

describe('partnerOf', () => {
  beforeAll(async () => {
    for (const parties of [
      [{ country: 'CHN' }],
      [{ country: 'CHN' }, { country: 'JPN' }],
      [{ country: 'CHN' }, { region: '150' }],
      [{ country: 'JPN' }, { country: 'KOR' }],
    ]) {
      await create(api, 'agreements', {
        title: 'Of partners',
        kind: 'treaty',
        parties: parties.map((party) => ({ ...party, role: 'party' })),
      })
    }
  })
  const partners = { title: 'Of partners', partnerOf: 'CHN' }
  const counts = async (dimension: string, more: Record<string, string> = {}) => {
    const { data, total } = await aggregate(api, 'agreements', { ...partners, ...more, groupBy: dimension })
    for (const { list, measures } of data) expect(await countInList(api, list), list).toBe(measures.count)
    return { total, ...Object.fromEntries(data.map(({ key, measures }) => [key[dimension], measures.count])) }
  }

  it('excludes the country itself from groups by country and region', async () => {
    expect(await counts('country')).toEqual({ total: 3, JPN: 1, null: 2 })
    expect(await counts('region')).toEqual({ total: 3, '142': 1, '150': 1, null: 1 })
    expect(await counts('subregion')).toEqual({ total: 3, '030': 1, null: 2 })
  })

  it('restricts the filters by country and region to the partners', async () => {
    const total = async (query: string) =>
      countInList(api, `/v1/agreements?title=Of+partners&partnerOf=CHN&${query}`)
    expect(await total('')).toBe(3)
    expect(await total('country=JPN')).toBe(1)
    expect(await total('country=CHN')).toBe(0)
    expect(await total('country[all]=CHN')).toBe(0)
    expect(await total('region=142')).toBe(1)
    expect(await total('country[otherThan]=JPN')).toBe(0)
    expect(await total('country[isNull]=true')).toBe(2)
  })

  it('applies the filter role to the partner, not to the country itself', async () => {
    const parties = [
      { country: 'CHN', role: 'depositary' },
      { country: 'KOR', role: 'beneficiary' },
      { country: 'JPN', role: 'party' },
    ]
    const document = { title: 'Of partners with roles', kind: 'treaty', parties }
    expect((await api.post('/v1/agreements', document)).status).toBe(201)
    const countsOf = (role: string) => counts('country', { title: document.title, role })
    expect(await countsOf('beneficiary')).toEqual({ total: 1, KOR: 1 })
    expect(await countsOf('party')).toEqual({ total: 1, JPN: 1 })
    expect(await countsOf('depositary')).toEqual({ total: 1, null: 1 })
  })

  it('in /v1/countries finds the countries that aggregates count, also hosts and locations', async () => {
    const organization = await create(api, 'organizations', {
      name: 'Of Samoa',
      kind: 'academic',
      country: 'WSM',
    })
    const participant = (of: object) => ({ kind: 'other', participants: [{ ...of, role: 'participant' }] })
    const location = {
      name: 'Thimphu',
      country: 'BTN',
      latitude: null,
      longitude: null,
      elevationMetres: null,
    }
    await create(api, 'cooperation-bases', {
      name: 'Hosted',
      hostCountry: 'BTN',
      ...participant({ country: 'FJI' }),
    })
    await create(api, 'cooperation-bases', { name: 'Located', location, ...participant({ organization }) })
    await create(api, 'projects', {
      title: 'At a place',
      locations: [location],
      ...participant({ country: 'TON' }),
    })
    await create(api, 'projects', { title: 'Elsewhere', ...participant({ country: 'KIR' }) })
    const counted = async (partnerOf: string) => {
      const groups = [...registry.participants.keys()].map(
        async (resource) =>
          (await aggregate(api, resource, { partnerOf, groupBy: 'country', limit: '300' })).data,
      )
      const codes = (await Promise.all(groups)).flat().flatMap(({ key }) => key.country ?? [])
      return [...new Set(codes)].sort()
    }
    const found = async (partnerOf: string) => {
      const response = await api.get(`/v1/countries?partnerOf=${partnerOf}&sort=code&limit=200`)
      return response.json<Page>().data.map(({ code }) => code)
    }
    expect(await found('BTN')).toEqual(['FJI', 'TON', 'WSM'])
    for (const country of ['BTN', 'FJI', 'TON', 'WSM', 'KIR', 'CHN', 'PAK'])
      expect(await found(country), country).toEqual(await counted(country))
  })

  it('is also a filter of searches', async () => {
    const where = { title: { eq: 'Of partners' }, partnerOf: { eq: 'CHN' }, country: { eq: 'JPN' } }
    const { data } = (await api.post('/v1/agreements/search', { where }, { key: null })).json<{
      data: unknown[]
    }>()
    expect(data.length).toBe(1)
  })
})
