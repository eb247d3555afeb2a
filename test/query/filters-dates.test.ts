import { beforeAll, describe, expect, it } from 'vitest'
import { capitalize } from '../../src/wording.ts'
import { sharedApi } from '../support/api.ts'
import { type Page, readProblem } from '../support/documents.ts'
import { createLabelled, type LabelledRecords } from '../support/labelled-records.ts'

const api = await sharedApi()

it.each([
  ['signedOn', '2011-04,2011-05'],
  ['signedOn[gte]', '2011-04,2011-05'],
  ['updatedAt[gte]', '2011-04-01T00:00:00Z,2011-05-01T00:00:00Z'],
])('the filter %s refuses several dates, and says that it takes one', async (parameter, dates) => {
  const response = await api.get(`/v1/agreements?${parameter}=${dates}`)
  expect(readProblem(response).errors).toEqual([
    { parameter, code: 'repeated', message: 'takes one value, not 2' },
  ])
})

describe('inForceOn finds records that may have been in force on a day', () => {
  // Title, inForceFrom, provisionalFrom, expiresOn, terminatedOn.
  const histories: [string, string | null, string | null, string | null, string | null][] = [
    ['open', '2010', null, null, null],
    ['from that day', '2011-08-28', null, null, null],
    ['from the day after', '2011-08-29', null, null, null],
    ['perhaps that month', '2011-08', null, null, null],
    ['provisional', '2012', '2011-05', null, null],
    ['unknown beginning', null, null, '2015', null],
    ['expired that day', '2001', null, '2011-08-28', null],
    ['expired the day after', '2001', null, '2011-08-29', null],
    ['expired that year', '2001', null, '2011', null],
    ['ended before it expired', '2001', null, '2015', '2010'],
    ['ended at some time', '2001', null, null, '2005/..'],
    ['long before', '-0044', null, null, null],
  ]
  let created: LabelledRecords
  beforeAll(async () => {
    created = await createLabelled(
      api,
      'agreements',
      Object.fromEntries(
        histories.map(([title, inForceFrom, provisionalFrom, expiresOn, terminatedOn]) => [
          title,
          { title, kind: 'agreement', inForceFrom, provisionalFrom, expiresOn, terminatedOn },
        ]),
      ),
    )
  })

  const onThatDay = [
    'open',
    'from that day',
    'perhaps that month',
    'provisional',
    'expired the day after',
    'expired that year',
    'ended at some time',
    'long before',
  ]

  it.each([
    ['2011-08-28', onThatDay],
    ['2011-08', [...onThatDay, 'from the day after', 'expired that day']],
    ['1990', ['long before']],
    [
      '2030',
      [
        'open',
        'from that day',
        'from the day after',
        'perhaps that month',
        'provisional',
        'ended at some time',
        'long before',
      ],
    ],
  ])('on %s', async (day, expected) => {
    expect(await created.find({ inForceOn: day })).toEqual([...expected].sort())
  })
})

describe('a date filter', () => {
  const none = 'no date'
  const dates = [
    '-0044-03-15',
    '../2010-06',
    '2010-06/..',
    '201X',
    '2011',
    '2011-XX',
    '2011-21',
    '2011-04',
    '2011-04?',
    '2011-04-XX',
    '2011-04-10',
    '2011-04/2011-06',
    '2012/',
    none,
  ]
  const april = ['2011-04', '2011-04?', '2011-04-XX', '2011-04-10']
  const year = ['2011', '2011-XX']

  let created: LabelledRecords
  beforeAll(async () => {
    created = await createLabelled(
      api,
      'agreements',
      Object.fromEntries(
        dates.map((date) => [
          date,
          { title: date, kind: 'agreement', signedOn: date === none ? null : date, inForceFrom: '2011-05' },
        ]),
      ),
    )
  })

  it.each([
    // Without an operator: the recorded date and the given date have a common day.
    ['=2011-04', [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['=2011-04-10', [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['=2011-05-20', [...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['=2010', ['../2010-06', '2010-06/..', '201X']],
    ['=2011-24', [...year, '201X', '2010-06/..', '2012/']],
    ['=../1000', ['-0044-03-15', '../2010-06']],
    ['=2013/..', ['201X', '2010-06/..', '2012/']],
    ['[ne]=2011-04', ['-0044-03-15', '../2010-06', '2012/', none]],
    // Possible comparisons: some day of the recorded date matches.
    ['[gte]=2011-04-10', [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..', '2012/']],
    ['[gt]=2011-04', [...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..', '2012/']],
    [
      '[lte]=2011-04-10',
      [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..', '../2010-06', '-0044-03-15'],
    ],
    ['[lt]=2011-04', [...year, '2011-21', '201X', '2010-06/..', '../2010-06', '-0044-03-15']],
    ['[gt]=2013/..', []],
    ['[lt]=../2013', []],
    ['[gte]=../2013', dates.filter((date) => date !== none)],
    // Certain comparisons: every day of the recorded date matches.
    ['[certainlyGte]=2011-04-10', ['2011-04-10', '2012/']],
    ['[certainlyGte]=2011-04', [...april, '2011-04/2011-06', '2012/']],
    ['[certainlyGt]=2011-04', ['2012/']],
    ['[certainlyLte]=2011-04', [...april, '../2010-06', '-0044-03-15']],
    ['[certainlyLt]=2011-04', ['../2010-06', '-0044-03-15']],
    // Two bounds.
    ['[gte]=2011-05&signedOn[lte]=2011-05', [...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['[certainlyGte]=2011&signedOn[certainlyLte]=2011', [...april, ...year, '2011-21', '2011-04/2011-06']],
    ['[gte]=2011-04&signedOn[certainlyLt]=2011-05', april],
  ])('compares spans of days: signedOn%s', async (condition, expected) => {
    const parameters = Object.fromEntries(new URLSearchParams(`signedOn${condition}`))
    expect(await created.find(parameters)).toEqual([...expected].sort())
  })

  // Unlike a list, an aggregate reads all records and compares the days directly.
  it.each(['gt', 'gte', 'lt', 'lte'])(
    'counts in aggregates the records that lists find by signedOn[%s]',
    async (operator) => {
      for (const date of dates.filter((date) => date !== none)) {
        const parameters = { [`signedOn[${operator}]`]: date }
        expect(await created.count({ ...parameters, groupBy: 'signedYear' }), date).toBe(
          (await created.find(parameters)).length,
        )
      }
    },
  )

  it('counts no date after the last year that can be stored, in a list and in an aggregate', async () => {
    const labelled = await createLabelled(api, 'agreements', {
      last: { title: 'Last', kind: 'agreement', signedOn: 'Y5874897' },
    })
    const parameters = { 'signedOn[gt]': 'Y5874897' }
    expect(await labelled.find(parameters)).toEqual([])
    expect(await labelled.count({ ...parameters, groupBy: 'kind' })).toBe(0)
    expect(await labelled.count({ 'signedOn[gt]': 'Y5874896', groupBy: 'kind' })).toBe(1)
  })

  it.each(['year', 'decade', 'month'])(
    'treats dates of very early and late years as dates with an unknown %s',
    async (unit) => {
      const early = ['-4713-11-24', '-4712']
      const late = ['Y294277', 'Y5874897']
      const labelled = await createLabelled(
        api,
        'agreements',
        Object.fromEntries(
          [...early, 'Y294276', ...late].map((date) => [
            date,
            { title: date, kind: 'agreement', signedOn: date },
          ]),
        ),
      )
      const expected = [...early, ...(unit === 'year' ? [] : ['Y294276']), ...late].sort()
      const parameters = { [`signedOn[${unit}]`]: 'unknown' }
      expect(await labelled.find(parameters)).toEqual(expected)
      const groupBy = `signed${capitalize(unit)}`
      expect(await labelled.count({ ...parameters, groupBy })).toBe(expected.length)
      expect(await labelled.count({ groupBy })).toBe(5)
    },
  )

  it.each([
    ['year', '-4713'],
    ['decade', '-471X'],
    ['month', '-4713-10'],
  ])('says which dates can be stored if the %s %s begins before them', async (unit, value) => {
    const response = await api.get(`/v1/agreements?signedOn[${unit}]=${value}`)
    expect(response.status).toBe(400)
    expect(response.text).toContain('from -4713-11-24 to Y5874897')
  })

  it('applies the filters of several date properties separately', async () => {
    expect(await created.find({ 'inForceFrom[certainlyGte]': '2011-05', signedOn: '2012' })).toEqual([
      '2010-06/..',
      '2012/',
      '201X',
    ])
    expect(await created.find({ 'inForceFrom[gt]': '2011-05' })).toEqual([])
  })

  it('finds withdrawn countries by the year in which their code was withdrawn', async () => {
    const response = await api.get(
      '/v1/countries?code=DDR,SUN,SCG,DEU&validTo[gte]=1990&validTo[lte]=1992&fields=code',
    )
    const codes = response.json<Page<{ code: string }>>().data.map(({ code }) => code)
    expect(codes).toEqual(['DDR', 'SUN'])
  })

  it.each([
    ['signedOn', { title: '../2010', signedOn: '../2010' }],
    ['expiresOn', { title: '../2010', expiresOn: '../2010' }],
  ])(
    'sorts by %s: dates with an open start first or last, records without a date at the end',
    async (key, open) => {
      const labelled = await createLabelled(api, 'agreements', {
        unknown: { title: 'unknown', kind: 'agreement' },
        open: { kind: 'agreement', ...open },
        early: { title: 'early', kind: 'agreement', [key]: '1999' },
        late: { title: 'late', kind: 'agreement', [key]: '2011' },
        unknownToo: { title: 'unknown', kind: 'agreement' },
      })
      const ids = ['unknown', 'open', 'early', 'late', 'unknownToo'].map(labelled.id).join()
      const titles = async (sort: string) => {
        const response = await api.get(`/v1/agreements?id=${ids}&sort=${sort}&fields=title`)
        return response.json<Page<{ title: string }>>().data.map(({ title }) => title)
      }
      expect(await titles(key)).toEqual(['../2010', 'early', 'late', 'unknown', 'unknown'])
      expect(await titles(`-${key}`)).toEqual(['late', 'early', '../2010', 'unknown', 'unknown'])
    },
  )
})
