import { beforeAll, describe, expect, it } from 'vitest'
import { groupExample } from '../../src/operations/group-schema.ts'
import { aggregate } from '../support/aggregates.ts'
import { sharedApi } from '../support/api.ts'

const api = await sharedApi()

describe('amounts of money', () => {
  beforeAll(async () => {
    const amounts = [
      ['USD', 0.1],
      ['USD', 0.2],
      ['USD', 9_999_999_999_999.99],
      ['CNY', 1000],
      ['CNY', 1000],
      ['CNY', 1001],
      [null, null],
    ] as const
    for (const [currency, amount] of amounts) {
      const response = await api.post('/v1/assistance-programs', {
        title: 'Costly',
        modality: 'other',
        amounts: currency === null ? [] : [{ kind: 'commitment', amount, currency }],
      })
      expect(response.status, response.text).toBe(201)
    }
  })
  const costly = { title: 'Costly', measures: 'count,sum:amount,avg:amount,min:amount' }

  it('are exact and grouped by currency', async () => {
    const { data } = await aggregate(api, 'assistance-programs', {
      ...costly,
      groupBy: 'amountCurrency,amountKind',
    })
    expect(data.map(({ key, measures }) => [key.amountCurrency, ...Object.values(measures)])).toEqual([
      ['CNY', 3, 3001, 1000.3333, 1000],
      ['USD', 3, 10_000_000_000_000.29, 3_333_333_333_333.43, 0.1],
      [null, 1, null, null, null],
    ])
    const one = await aggregate(api, 'assistance-programs', {
      ...costly,
      groupBy: 'modality',
      amountCurrency: 'CNY',
      amountKind: 'commitment',
    })
    expect(one.data[0]?.measures['sum:amount']).toBe(3001)
  })

  it('are never added up across currencies', async () => {
    const response = await api.get(
      '/v1/assistance-programs/aggregate?groupBy=modality&measures=sum:amount&amountKind=commitment',
    )
    expect(response.status).toBe(400)
    expect(response.json<{ errors: unknown }>().errors).toEqual([
      {
        parameter: 'measures',
        code: 'incomparable',
        message:
          '"sum:amount" would mix values that differ in amountCurrency: add amountCurrency to groupBy, or filter by one, such as amountCurrency=…',
      },
    ])
    const two = await api.get(
      '/v1/assistance-programs/aggregate?groupBy=modality&measures=sum:amount&amountKind=commitment&amountCurrency=USD,CNY',
    )
    expect(two.status).toBe(400)
  })

  it('of one record are grouped by kind, currency and year, and each is added once per group', async () => {
    const amounts = [
      { kind: 'commitment', date: '2011', amount: 100, currency: 'CNY', valueUsd: 15 },
      { kind: 'commitment', date: '2012-03', amount: 50, currency: 'USD', valueUsd: 50 },
      { kind: 'disbursement', date: '2011-05', amount: 30, currency: 'CNY' },
      { kind: 'disbursement', date: '2011-06', amount: 30, currency: 'CNY' },
      { kind: 'disbursement', amount: -5, currency: 'CNY' },
    ]
    const participants = ['FJI', 'TON'].map((country) => ({ country, role: 'recipient' }))
    const paid = await api.post('/v1/assistance-programs', { title: 'Paid', amounts, participants })
    expect(paid.status, paid.text).toBe(201)
    const groups = async (query: Record<string, string>) =>
      (await aggregate(api, 'assistance-programs', { title: 'Paid', ...query })).data
    const rows = async (query: Record<string, string>) =>
      (await groups(query)).map(({ key, measures }) => [...Object.values(key), ...Object.values(measures)])
    const byYear = { groupBy: 'amountKind,amountCurrency,amountYear', measures: 'count,sum:amount' }
    expect(await rows(byYear)).toEqual([
      ['commitment', 'CNY', '2011', 1, 100],
      ['commitment', 'USD', '2012', 1, 50],
      ['disbursement', 'CNY', '2011', 1, 60],
      ['disbursement', 'CNY', null, 1, -5],
    ])
    const dollars = { groupBy: 'country', measures: 'sum:amountUsd', amountKind: 'commitment' }
    expect(await rows(dollars)).toEqual([
      ['FJI', 65],
      ['TON', 65],
    ])
    for (const { list } of await groups(byYear)) {
      expect((await api.get(list)).json<{ data: unknown[] }>().data.length, list).toBe(1)
    }
    for (const none of [
      'amountKind=commitment&amountCurrency=USD&amountYear=2011',
      'amountKind=disbursement&amount[gt]=60',
    ]) {
      expect((await api.get(`/v1/assistance-programs?title=Paid&${none}`)).json().data, none).toEqual([])
    }
  })
})

it('the example of a group has the label and list path that the service returns for its key', async () => {
  const { data } = await aggregate(api, 'agreements', { groupBy: 'country', limit: '1000' })
  const { measures: _, ...example } = groupExample
  expect(data).toContainEqual(expect.objectContaining(example))
})

describe('a wrong aggregate is refused with the parameter and its fault', () => {
  it.each<[query: string, parameter: string, message: string]>([
    ['', 'groupBy', 'is required: One to three dimensions'],
    ['groupBy=contry', 'groupBy', '"contry" is not known; did you mean "country"?'],
    ['groupBy=country,country', 'groupBy', '"country" is given twice'],
    ['groupBy=country,role,topic,kind', 'groupBy', 'has 4 dimensions; at most 3 are possible'],
    ['groupBy=kind&measures=cuont', 'measures', '"cuont" is not known; did you mean "count"?'],
    ['groupBy=kind&measures=count,count', 'measures', '"count" is given twice'],
    ['groupBy=kind&sort=count desc', 'sort', '"count desc" is not known; did you mean "-count"?'],
    ['groupBy=kind&sort=-cuont', 'sort', '"-cuont" is not known; did you mean "-count"?'],
    ['groupBy=kind&sort=country', 'sort', '"country" is not in the request: add it to groupBy or measures'],
    [
      'groupBy=kind&sort=total',
      'sort',
      '"total" is not known: sort by a dimension in groupBy or a measure in measures',
    ],
    ['groupBy=kind&sort=kind,desc', 'sort', '"desc" is not a sort key: write "-" before a key'],
    ['groupBy=kind&sort=count,-count', 'sort', '"count" is given twice'],
    ['groupBy=kind&having=count', 'having', 'must be a measure, one of >= <= > < = and a number'],
    ['groupBy=kind&having=count > 1', 'having', 'such as count>=5; did you mean "count>1"?'],
    ['groupBy=kind&having=count!=1', 'having', 'must be a measure, one of >= <= > < = and a number'],
    ['groupBy=kind&having=count>1234567890123456', 'having', 'at most 15 digits before the decimal point'],
    ['groupBy=kind&having=cuont>1', 'having', 'there is no measure "cuont"; did you mean "count"?'],
    ['groupBy=kind&having=total>1', 'having', 'there is no measure "total"; it can be "count"'],
    [
      'groupBy=kind&having=countDistinct:topic>1',
      'having',
      '"countDistinct:topic" is not in the request: add it to measures',
    ],
    ['groupBy=kind&limit=0', 'limit', 'must be a whole number from 1 to 10000'],
    ['groupBy=kind&fields=id', 'fields', 'there is no parameter "fields" here'],
  ])('%s', async (query, parameter, message) => {
    const response = await api.get(`/v1/agreements/aggregate?${query}`)
    expect(response.status, response.text).toBe(400)
    const { errors } = response.json<{ errors: { parameter: string; message: string }[] }>()
    expect(errors.find((error) => error.parameter === parameter)?.message).toContain(message)
  })

  it('several faults, in one response', async () => {
    const response = await api.get(
      '/v1/agreements/aggregate?groupBy=kind,kind&sort=country&having=countDistinct:kind<1&measures=count',
    )
    const { errors } = response.json<{ errors: { parameter: string }[] }>()
    expect(errors.map(({ parameter }) => parameter)).toEqual(['groupBy', 'sort', 'having'])
  })
})
