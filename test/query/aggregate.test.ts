import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/database/client.ts'
import { insertDocuments } from '../../src/operations/writing/documents.ts'
import { checkDocument } from '../../src/operations/writing/validation.ts'
import { resources } from '../../src/resources/index.ts'
import { type Api, openApi } from '../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
  await fill()
})
afterAll(() => api.close())

interface Group {
  key: Record<string, string | null>
  label: Record<string, string | null>
  measures: Record<string, number | null>
  list: string
}

interface Aggregate {
  data: Group[]
  groups: { count: number; limit: number }
  total: number
}

interface Participant {
  country?: string
  organization?: string
  region?: string
  role: string
}

interface Base {
  name: string
  kind: string
  status: string | null
  designatedOn: string | null
  unitCount: number
  partOf: string | null
  hostCountry: string | null
  location: { country: string } | null
  participants: Participant[]
  topics: string[]
}

const id = (at: number) => `01933b5e-7c1a-7d4e-9f2b-${String(at).padStart(12, '0')}`
const institute = id(900_001)
const union = id(900_002)

const countries = ['CHN', 'PAK', 'DEU']
/** Actors that are no countries: an institute of Pakistan, a union of no country, and regions of three levels. */
const actors = [
  { organization: institute },
  { organization: union },
  { region: '002' },
  { region: '202' },
  { region: '001' },
]
const roles = ['participant', 'host', 'funder']
const kinds = ['observatory', 'ground_station', 'other']
const statuses = [null, 'planned', 'active']
const topics = ['energy', 'ocean', 'narrower-energy']

/** Dates, the units that each can be told to, and the days that it can mean. */
const dates = [
  { text: '2010', year: '2010', decade: '201X', month: null, span: [20100101, 20101231] },
  { text: '2011-04', year: '2011', decade: '201X', month: '2011-04', span: [20110401, 20110430] },
  { text: '2011-04-05', year: '2011', decade: '201X', month: '2011-04', span: [20110405, 20110405] },
  { text: '201X', year: null, decade: '201X', month: null, span: [20100101, 20191231] },
  { text: '2011-03/2011-05', year: '2011', decade: '201X', month: null, span: [20110301, 20110531] },
  { text: '2009/2010', year: null, decade: null, month: null, span: [20090101, 20101231] },
  { text: '2011/..', year: null, decade: null, month: null, span: [20110101, Number.POSITIVE_INFINITY] },
  { text: '2011-24', year: null, decade: '201X', month: null, span: [20111201, 20120229] },
  { text: '-0005-12', year: '-0005', decade: '-000X', month: '-0005-12', span: [-48799, -48769] },
] as const

const regionOf: Record<string, string> = { CHN: '142', PAK: '142', DEU: '150', '002': '002', '202': '002' }
const subregionOf: Record<string, string> = { CHN: '030', PAK: '034', DEU: '155', '202': '202' }

/** Numbers that look random and are the same in every run. */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

function makeBases(count: number): Base[] {
  const random = pseudoRandom(11)
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T
  const some = <T>(values: readonly T[]): T[] => values.filter(() => random(3) === 0)
  return Array.from({ length: count }, (_, at) => ({
    name: `Counted ${at}`,
    kind: pick(kinds),
    status: pick(statuses),
    designatedOn: random(5) === 0 ? null : pick(dates).text,
    unitCount: 1 + random(20),
    // Of several bases, chains of up to all that are before.
    partOf: at > 0 && random(2) === 0 ? id(random(at)) : null,
    hostCountry: random(3) === 0 ? pick(countries) : null,
    location: random(4) === 0 ? { country: pick(countries) } : null,
    participants: roles.flatMap((role) => [
      ...some(countries).map((country) => ({ country, role })),
      ...(random(3) === 0 ? [{ ...pick(actors), role }] : []),
    ]),
    topics: some(topics),
  }))
}

const bases = makeBases(60)
const ours = { 'name[startsWith]': 'Counted ' }

async function fill(): Promise<void> {
  const resource = resources.find(({ name }) => name === 'cooperation-bases')
  if (!resource) throw new Error('there are no cooperation bases')
  await api.post('/v1/topics', {
    slug: 'narrower-energy',
    name: 'Narrower',
    scheme: 'domain',
    broader: 'energy',
  })
  await api.pool.query(
    `insert into organizations (id, name, type, country) values ($1, 'Institute', 'academic', 'PAK'), ($2, 'Union', 'multilateral', null)`,
    [institute, union],
  )
  const documents = bases.map(({ partOf, ...base }) => checkDocument(resource, base))
  const keys = await inTransaction(api.pool, (transaction) =>
    insertDocuments(transaction, resource, documents),
  )
  const parents = bases.map(({ partOf }) =>
    partOf === null ? null : (keys[Number(partOf.slice(-12))] ?? null),
  )
  await api.pool.query(
    'update cooperation_bases set part_of = parent from unnest($1::uuid[], $2::uuid[]) as given(own, parent) where id = own and parent is not null',
    [keys, parents],
  )
}

/** The roles that are looked at: those asked for, or any. */
type Roles = readonly string[] | undefined

const distinct = <T>(values: (T | undefined | null)[]): T[] => [
  ...new Set(values.filter((value): value is T => value !== undefined && value !== null)),
]

const taking = (base: Base, within: Roles) =>
  base.participants.filter(({ role }) => within === undefined || within.includes(role))

const countryOf = ({ country, organization }: Participant) =>
  country ?? (organization === institute ? 'PAK' : undefined)

const countriesOf = (base: Base, within: Roles) =>
  distinct([
    ...taking(base, within).map(countryOf),
    ...(within === undefined ? [base.hostCountry, base.location?.country] : []),
  ])

const areasOf = (base: Base, within: Roles, areas: Record<string, string>) =>
  distinct([
    ...countriesOf(base, within).map((country) => areas[country]),
    ...taking(base, within).map(({ region }) => areas[region ?? '']),
  ])

const dateOf = (base: Base) => dates.find(({ text }) => text === base.designatedOn)

/** What a base has of each dimension, in plain TypeScript. */
const valuesOf: Record<string, (base: Base, within: Roles) => string[]> = {
  country: countriesOf,
  organization: (base, within) => distinct(taking(base, within).map(({ organization }) => organization)),
  region: (base, within) => areasOf(base, within, regionOf),
  subregion: (base, within) => areasOf(base, within, subregionOf),
  role: (base, within) => distinct(taking(base, within).map(({ role }) => role)),
  topic: (base) => base.topics,
  kind: (base) => [base.kind],
  status: (base) => distinct([base.status]),
  hostCountry: (base) => distinct([base.hostCountry]),
  designatedYear: (base) => distinct([dateOf(base)?.year]),
  designatedDecade: (base) => distinct([dateOf(base)?.decade]),
  designatedMonth: (base) => distinct([dateOf(base)?.month]),
}

const ofParticipants = ['country', 'organization', 'region', 'subregion']

/** The keys of all groups that a base is in: every combination, an actor's values being those in the role beside it. */
function keysOf(base: Base, groupBy: string[], within: Roles): (string | null)[][] {
  const orNull = (values: string[]) => (values.length > 0 ? values : [null])
  const roleAt = groupBy.indexOf('role')
  const rolesOfBase = roleAt < 0 ? [undefined] : orNull(valuesOf.role?.(base, within) ?? [])
  return rolesOfBase.flatMap((role) =>
    groupBy.reduce<(string | null)[][]>(
      (tuples, name) => {
        const narrowed = ofParticipants.includes(name) && typeof role === 'string' ? [role] : within
        const values = name === 'role' ? [role ?? null] : orNull(valuesOf[name]?.(base, narrowed) ?? [])
        return tuples.flatMap((tuple) => values.map((value) => [...tuple, value]))
      },
      [[]],
    ),
  )
}

/** A filter as a list has it, and as plain TypeScript. */
interface Asked {
  parameters: Record<string, string>
  holds: (base: Base) => boolean
}

const whole: Asked = { parameters: {}, holds: () => true }

const rolesAsked = fc.option(fc.subarray(roles, { minLength: 1, maxLength: 2 }), { nil: undefined })

const otherFilters = fc.constantFrom<Asked>(
  whole,
  { parameters: { status: 'active' }, holds: ({ status }) => status === 'active' },
  { parameters: { 'status[isNull]': 'true' }, holds: ({ status }) => status === null },
  { parameters: { 'status[ne]': 'active' }, holds: ({ status }) => status !== 'active' },
  { parameters: { kind: 'observatory,other' }, holds: ({ kind }) => kind !== 'ground_station' },
  {
    parameters: { 'designatedOn[within]': '2010/2011-04' },
    holds: (base) => {
      const [from = 0, to = 0] = dateOf(base)?.span ?? []
      return from >= 20100101 && to <= 20110430
    },
  },
  {
    parameters: { 'designatedOn[year]': '2011' },
    holds: (base) => dateOf(base)?.year === '2011',
  },
  {
    parameters: { 'designatedOn[year]': 'unknown', 'designatedOn[decade]': '201X' },
    holds: (base) => dateOf(base)?.year === null && dateOf(base)?.decade === '201X',
  },
  { parameters: { 'topic[isNull]': 'true' }, holds: (base) => base.topics.length === 0 },
  { parameters: { 'topic[exactly]': 'energy' }, holds: (base) => base.topics.includes('energy') },
  {
    parameters: { topic: 'energy' },
    holds: (base) => base.topics.some((topic) => topic !== 'ocean'),
  },
)

/** Filters on who takes part, narrowed by the roles that are asked for. */
function participantFilter(within: Roles): fc.Arbitrary<Asked> {
  const has = (values: string[], own: string[]) => values.every((value) => own.includes(value))
  const inRole: Asked = within
    ? { parameters: { role: within.join() }, holds: (base) => taking(base, within).length > 0 }
    : whole
  const both = (asked: Asked): Asked => ({
    parameters: { ...inRole.parameters, ...asked.parameters },
    holds: (base) => inRole.holds(base) && asked.holds(base),
  })
  return fc
    .constantFrom<Asked>(
      whole,
      whole,
      {
        parameters: { country: 'CHN,DEU' },
        holds: (base) => countriesOf(base, within).some((country) => country !== 'PAK'),
      },
      {
        parameters: { 'country[all]': 'CHN,PAK' },
        holds: (base) => has(['CHN', 'PAK'], countriesOf(base, within)),
      },
      {
        parameters: { 'country[isNull]': 'true' },
        holds: (base) => countriesOf(base, within).length === 0,
      },
      {
        parameters: { 'country[isNull]': 'false' },
        holds: (base) => countriesOf(base, within).length > 0,
      },
      {
        parameters: { region: '142' },
        holds: (base) => areasOf(base, within, regionOf).includes('142'),
      },
      {
        parameters: { 'region[isNull]': 'true' },
        holds: (base) => areasOf(base, within, regionOf).length === 0,
      },
      {
        parameters: { 'organization[all]': institute },
        holds: (base) => taking(base, within).some(({ organization }) => organization === institute),
      },
      {
        parameters: { 'role[all]': 'host' },
        holds: (base) => taking(base, within).some(({ role }) => role === 'host'),
      },
    )
    .map(both)
}

const questions = rolesAsked.chain((within) =>
  fc.record({
    within: fc.constant(within),
    asked: fc.tuple(participantFilter(within), otherFilters).map(
      ([first, second]): Asked => ({
        parameters: { ...ours, ...first.parameters, ...second.parameters },
        holds: (base) => first.holds(base) && second.holds(base),
      }),
    ),
    groupBy: fc.shuffledSubarray(Object.keys(valuesOf), { minLength: 1, maxLength: 3 }),
    distinctOf: fc.constantFrom(...Object.keys(valuesOf)),
    descending: fc.boolean(),
  }),
)

/** A text that sorts as time does, whatever its unit. */
function inOrder(text: string): number | string {
  const [, minus = '', year = '', month = '0'] = /^(-?)(\d{4}|\d{3}X)(?:-(\d\d))?$/.exec(text) ?? []
  if (year === '') return text
  const number = year.endsWith('X') ? Number(year.slice(0, 3)) + (minus ? 1 : 0) : Number(year)
  return (minus ? -number : number) * 12 + Number(month)
}

function compareKeys(a: (string | null)[], b: (string | null)[]): number {
  for (const [at, text] of a.entries()) {
    const other = b[at] ?? null
    if (text === other) continue
    if (text === null) return 1
    if (other === null) return -1
    return inOrder(text) < inOrder(other) ? -1 : 1
  }
  return 0
}

const ancestorsOf = (base: Base): Base[] => {
  const above = base.partOf === null ? undefined : bases[Number(base.partOf.slice(-12))]
  return above ? [above, ...ancestorsOf(above)] : []
}

const ask = async (resource: string, parameters: Record<string, string>): Promise<Aggregate> => {
  const answer = await api.get(`/v1/${resource}/aggregate?${new URLSearchParams(parameters)}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json<Aggregate>()
}

async function countBehind(list: string): Promise<number | undefined> {
  const answer = await api.get(`${list}&count=exact&limit=1`)
  expect(answer.status, `${list} ${answer.text}`).toBe(200)
  return answer.json<{ page: { total?: { count: number } } }>().page.total?.count
}

describe('an aggregate', () => {
  it('is what counting record by record gives: groups, null groups, order, measures and total; and each group leads to the list of its records', async () => {
    await fc.assert(
      fc.asyncProperty(questions, async ({ within, asked, groupBy, distinctOf, descending }) => {
        const found = bases.filter(asked.holds)
        const groups = new Map<string, Base[]>()
        for (const base of found) {
          for (const tuple of keysOf(base, groupBy, within)) {
            const key = JSON.stringify(tuple)
            groups.set(key, [...(groups.get(key) ?? []), base])
          }
        }
        const expected = [...groups].map(([text, members]) => {
          const key = JSON.parse(text) as (string | null)[]
          const counted = members.filter(
            (base) => !ancestorsOf(base).some((above) => members.includes(above)),
          )
          return {
            key,
            measures: {
              count: members.length,
              [`countDistinct:${distinctOf}`]: new Set(
                members.flatMap((base) => valuesOf[distinctOf]?.(base, within) ?? []),
              ).size,
              'sum:unitCount': counted.reduce((sum, { unitCount }) => sum + unitCount, 0),
              'max:unitCount': Math.max(...counted.map(({ unitCount }) => unitCount)),
            },
          }
        })
        expected.sort(
          (a, b) =>
            (descending ? b.measures.count - a.measures.count : a.measures.count - b.measures.count) ||
            compareKeys(a.key, b.key),
        )
        const answer = await ask('cooperation-bases', {
          ...asked.parameters,
          groupBy: groupBy.join(),
          measures: `count,countDistinct:${distinctOf},sum:unitCount,max:unitCount`,
          sort: descending ? '-count' : 'count',
          limit: '1000',
        })
        const given = answer.data.map(({ key, measures }) => ({
          key: groupBy.map((name) => key[name]),
          measures,
        }))
        expect(given).toEqual(expected)
        expect(answer.total).toBe(found.length)
        expect(answer.groups).toEqual({ count: expected.length, limit: 1000 })
        // The groups with nulls, and some of the others.
        const unknown = answer.data.filter(({ key }) => Object.values(key).includes(null))
        for (const { list, measures } of [...answer.data.slice(0, 2), ...unknown.slice(0, 4)]) {
          expect(await countBehind(list), list).toBe(measures.count)
        }
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('answers the groups that having lets through, as many as the limit says, and how many there are', async () => {
    const parameters = { ...ours, groupBy: 'country,status', measures: 'count,sum:unitCount' }
    const all = await ask('cooperation-bases', parameters)
    const some = await ask('cooperation-bases', {
      ...parameters,
      having: 'count>=5,sum:unitCount<150',
      sort: '-sum:unitCount,country',
      limit: '2',
    })
    const expected = all.data.filter(
      ({ measures }) => Number(measures.count) >= 5 && Number(measures['sum:unitCount']) < 150,
    )
    expect(expected.length).toBeGreaterThan(2)
    expect(some.groups).toEqual({ count: expected.length, limit: 2 })
    expect(some.data.map(({ measures }) => measures['sum:unitCount'])).toEqual(
      expected
        .map(({ measures }) => Number(measures['sum:unitCount']))
        .sort((a, b) => b - a)
        .slice(0, 2),
    )
    expect(some.total).toBe(bases.length)
  })

  it('names what its keys stand for', async () => {
    const { data } = await ask('cooperation-bases', { groupBy: 'country,topic,kind', country: 'ITA' })
    expect(data.map(({ label }) => label)).toContainEqual({
      country: 'Italy',
      topic: 'Cosmic rays',
      kind: 'observatory',
    })
  })

  it('is not sent again to who has it', async () => {
    const first = await api.get('/v1/agreements/aggregate?groupBy=status')
    const again = await api.get('/v1/agreements/aggregate?groupBy=status', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })
})

describe('amounts of money', () => {
  beforeAll(async () => {
    const amounts = [
      ['USD', 0.1],
      ['USD', 0.2],
      ['USD', 9_999_999_999_999.99],
      ['CNY', 1000],
      [null, null],
    ] as const
    for (const [currency, amount] of amounts) {
      const answer = await api.post('/v1/assistance-programs', {
        title: 'Costly',
        modality: 'other',
        commitment: currency === null ? null : { amount, currency },
      })
      expect(answer.status, answer.text).toBe(201)
    }
  })
  const costly = { title: 'Costly', measures: 'count,sum:commitment,avg:commitment,min:commitment' }

  it('are exact, and apart for each currency', async () => {
    const { data } = await ask('assistance-programs', { ...costly, groupBy: 'commitmentCurrency' })
    expect(data.map(({ key, measures }) => [key.commitmentCurrency, ...Object.values(measures)])).toEqual([
      ['CNY', 1, 1000, 1000, 1000],
      ['USD', 3, 10_000_000_000_000.29, 3_333_333_333_333.43, 0.1],
      [null, 1, null, null, null],
    ])
    const one = await ask('assistance-programs', {
      ...costly,
      groupBy: 'modality',
      commitmentCurrency: 'CNY',
    })
    expect(one.data[0]?.measures['sum:commitment']).toBe(1000)
  })

  it('are never added up across currencies', async () => {
    const answer = await api.get('/v1/assistance-programs/aggregate?groupBy=modality&measures=sum:commitment')
    expect(answer.status).toBe(400)
    expect(answer.json<{ errors: unknown }>().errors).toEqual([
      {
        parameter: 'measures',
        code: 'incomparable',
        message:
          '"sum:commitment" would mix values of different commitmentCurrency: add commitmentCurrency to groupBy, or filter by one, such as commitmentCurrency=…',
      },
    ])
    const two = await api.get(
      '/v1/assistance-programs/aggregate?groupBy=modality&measures=sum:commitment&commitmentCurrency=USD,CNY',
    )
    expect(two.status).toBe(400)
  })
})

describe('an aggregate that is not right is refused with what is wrong', () => {
  it.each<[query: string, parameter: string, message: string]>([
    ['', 'groupBy', 'is required: One to three dimensions'],
    ['groupBy=contry', 'groupBy', '"contry" is not known; did you mean "country"?'],
    ['groupBy=country,country', 'groupBy', '"country" stands twice'],
    ['groupBy=country,role,topic,kind', 'groupBy', 'has 4 dimensions; at most 3 are possible'],
    ['groupBy=kind&measures=cuont', 'measures', '"cuont" is not known; did you mean "count"?'],
    ['groupBy=kind&measures=count,count', 'measures', '"count" stands twice'],
    ['groupBy=kind&sort=-cuont', 'sort', '"-cuont" is not known; did you mean "-count"?'],
    ['groupBy=kind&sort=country', 'sort', '"country" is not asked for: add it to groupBy or measures'],
    ['groupBy=kind&sort=count,-count', 'sort', '"count" stands twice'],
    ['groupBy=kind&having=count', 'having', 'must be a measure, one of >= <= > < = and a number'],
    ['groupBy=kind&having=cuont>1', 'having', 'there is no measure "cuont"; did you mean "count"?'],
    [
      'groupBy=kind&having=countDistinct:topic>1',
      'having',
      '"countDistinct:topic" is not asked for: add it to measures',
    ],
    ['groupBy=kind&limit=0', 'limit', 'must be a whole number from 1 to 10000'],
    ['groupBy=kind&fields=id', 'fields', 'there is no parameter "fields" here'],
  ])('%s', async (query, parameter, message) => {
    const answer = await api.get(`/v1/agreements/aggregate?${query}`)
    expect(answer.status, answer.text).toBe(400)
    const { errors } = answer.json<{ errors: { parameter: string; message: string }[] }>()
    expect(errors.find((error) => error.parameter === parameter)?.message).toContain(message)
  })

  it('with all faults at once', async () => {
    const answer = await api.get(
      '/v1/agreements/aggregate?groupBy=kind,kind&sort=country&having=countDistinct:kind<1&measures=count',
    )
    const { errors } = answer.json<{ errors: { parameter: string }[] }>()
    expect(errors.map(({ parameter }) => parameter)).toEqual(['groupBy', 'sort', 'having'])
  })
})
