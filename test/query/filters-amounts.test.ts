import { beforeAll, describe, expect, it } from 'vitest'
import { aggregate } from '../support/aggregates.ts'
import { sharedApi } from '../support/api.ts'
import type { Page } from '../support/documents.ts'
import { createLabelled, type LabelledRecords } from '../support/labelled-records.ts'

const api = await sharedApi()
let created: LabelledRecords
beforeAll(async () => {
  const paid = (...amounts: object[]) => ({ title: 'Several amounts', amounts })
  const yuan = (amount: number, date?: string) => ({ kind: 'commitment', currency: 'CNY', amount, date })
  created = await createLabelled(api, 'assistance-programs', {
    around: paid(yuan(10, '2011'), yuan(1000, '2012')),
    between: paid(yuan(100, '2011'), yuan(5000, '2012')),
    undated: paid(yuan(100), yuan(1000, '2011')),
    none: paid(),
  })
})

/** Bounds that no single amount of `around` meets. */
const bounds = { 'amount[gte]': '50', 'amount[lte]': '500' }

describe('filters by amount', () => {
  it.each<[filters: Record<string, string>, found: string[]]>([
    [bounds, ['between', 'undated']],
    [{ 'amount[gt]': '10', 'amount[lt]': '1000' }, ['between', 'undated']],
    [{ 'amount[gte]': '5.0E1', 'amount[lte]': '500.0000000000' }, ['between', 'undated']],
    [{ amount: '1e1,0.5E4' }, ['around', 'between']],
    [{ amount: '10,1000', 'amount[gt]': '500' }, ['around', 'undated']],
    [{ amount: '10', 'amount[gt]': '500' }, []],
    [{ ...bounds, amountYear: '2011' }, ['between']],
    [{ ...bounds, 'amountYear[isNull]': 'true' }, ['undated']],
    [{ 'amount[gt]': '500', 'amountYear[isNull]': 'true' }, []],
    [{ amountYear: '2011', 'amountYear[isNull]': 'true' }, []],
    // `isNull` with `false`, and `isNull` alone, are conditions on all amounts of a record.
    [{ 'amountYear[isNull]': 'false' }, ['around', 'between']],
    [{ 'amount[gt]': '500', 'amountYear[isNull]': 'false' }, ['around', 'between']],
    [{ 'amountYear[isNull]': 'true' }, ['none', 'undated']],
  ])('%j must all match the same amount', async (filters, found) => {
    expect(await created.find(filters)).toEqual(found)
  })

  it('must all match the same amount in a search, too, and are negated together', async () => {
    const ids = ['around', 'between', 'undated', 'none'].map((label) => created.id(label))
    const search = async (where: object) => {
      const body = { where: { and: [{ id: { in: ids } }, where] }, fields: ['id'] }
      const response = await api.post('/v1/assistance-programs/search', body)
      expect(response.status, response.text).toBe(200)
      return response
        .json<Page<{ id: string }>>()
        .data.map(({ id }) => ids.indexOf(id))
        .sort()
    }
    const amount = { gte: 50, lte: 500 }
    expect(await search({ amount })).toEqual([1, 2])
    expect(await search({ not: { amount } })).toEqual([0, 3])
    expect(await search({ amount, amountYear: { isNull: true } })).toEqual([2])
  })
})

describe('the filter amountYear', () => {
  it('finds years up to Y294276, and counts later ones as unknown', async () => {
    const due = (date: string) => ({
      title: 'Very late',
      amounts: [{ kind: 'other', currency: 'CNY', amount: 1, date }],
    })
    const late = await createLabelled(api, 'assistance-programs', {
      five: due('Y12345'),
      six: due('Y294276'),
      later: due('Y294277'),
      latest: due('Y5874897'),
    })
    expect(await late.find({ amountYear: 'Y12345,Y294276' })).toEqual(['five', 'six'])
    expect(await late.find({ 'amountYear[isNull]': 'true' })).toEqual(['later', 'latest'])
  })

  it.each(['-0000', 'Y02011', 'Y5874898', '201', '201X', '2011-04'])('refuses %s', async (year) => {
    const response = await api.get(`/v1/assistance-programs?amountYear=${year}`)
    expect(response.status, response.text).toBe(400)
    expect(response.text).toContain('must be a year, such as 2011')
  })
})

describe('an aggregate with filters by amount', () => {
  const groups = async (parameters: Record<string, string>) =>
    (await aggregate(api, 'assistance-programs', { title: 'Several amounts', ...parameters })).data

  it.each<[filters: Record<string, string>, years: (string | number | null)[][]]>([
    [
      bounds,
      [
        ['2011', 1, 100],
        [null, 1, 100],
      ],
    ],
    [
      { 'amount[gt]': '500' },
      [
        ['2011', 1, 1000],
        ['2012', 2, 6000],
      ],
    ],
    [
      { amount: '100' },
      [
        ['2011', 1, 100],
        [null, 1, 100],
      ],
    ],
    [{ 'amountYear[isNull]': 'true' }, [[null, 1, 100]]],
  ])('%j groups and sums only the amounts that match them', async (filters, years) => {
    const measures = 'count,sum:amount'
    const fixed = { measures, amountKind: 'commitment', amountCurrency: 'CNY' }
    const found = await groups({ ...fixed, ...filters, groupBy: 'amountYear' })
    expect(found.map(({ key, measures }) => [key.amountYear, ...Object.values(measures)])).toEqual(years)
  })

  it.each([
    bounds,
    { 'amount[gt]': '500' },
    { 'amountYear[isNull]': 'true' },
    { 'amountYear[isNull]': 'false' },
    {},
  ])('%j counts as many records in each group as its list returns', async (filters) => {
    for (const groupBy of ['amountYear', 'amountKind,amountYear', 'amountCurrency']) {
      const found = await groups({ ...filters, groupBy })
      expect(found.length).toBeGreaterThan(0)
      for (const { list, measures } of found)
        expect((await api.get(list)).json<Page<unknown>>().data.length, list).toBe(measures.count)
    }
  })
})
