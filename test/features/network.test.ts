import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { networkResources } from '../../src/features/network/selection.ts'
import type { Field } from '../../src/model/field.ts'
import { useTestApi } from '../support/api.ts'
import { parseSpan } from '../support/date-oracle.ts'
import { listAll, resourceOf } from '../support/documents.ts'
import { create } from '../support/labelled-records.ts'
import { registry } from '../support/registry.ts'

/** Networks are compared with networks that the tests compute from all records. */

type Properties = Record<string, unknown>

interface Tie {
  count: number
  resources: Record<string, number>
  topics: { topic: string; name: string; count: number }[]
  first: string | null
  last: string | null
}
interface Network {
  level: string
  nodes: { id: string; name: string; country: string | null; link: string }[]
  edges: (Tie & { source: string; target: string })[]
  total: { edges: number }
}
interface Search {
  resource: string
  count: number
  path: string
  body: Properties
}
interface CountryNetwork {
  country: { code: string; name: string }
  partners: (Tie & { country: string; name: string; link: string; searches: Search[] })[]
  total: { partners: number; records: number }
}

const api = useTestApi()
beforeAll(async () => {
  await createRecords()
})

async function get<T>(path: string): Promise<T> {
  const response = await api.get(path)
  expect(response.status, response.text).toBe(200)
  return response.json<T>()
}

const listRecords = (resource: string) => listAll(api, resourceOf(resource))

const codes = ['CHN', 'PAK', 'DEU', 'FRA', 'KEN', 'BRA']
const topicSlugs = ['energy', 'solar-energy', 'ocean', 'agriculture-technology']

/** Creates random records, the same in every run, in addition to the seeded ones. */
async function createRecords(): Promise<void> {
  const known = new Set((await listRecords('topics')).map(({ slug }) => slug))
  const topics = fc.uniqueArray(fc.constantFrom(...topicSlugs.filter((slug) => known.has(slug)), 'energy'), {
    maxLength: 2,
  })
  const organizations: string[] = []
  for (const country of ['DEU', 'KEN', null]) {
    const response = await api.post('/v1/organizations', {
      name: `Institute of ${country}`,
      kind: 'academic',
      country,
    })
    organizations.push(response.json<{ id: string }>().id)
  }
  const year = fc.option(fc.integer({ min: 2000, max: 2012 }).map(String))
  const imprecise = fc.constantFrom('200X', '2004?', '2003/2006', '2001/..', '../2009', '2007-04')
  const date = fc.oneof({ weight: 2, arbitrary: year }, { weight: 1, arbitrary: imprecise })
  const participant = fc.oneof(
    fc.constantFrom(...codes).map((country) => ({ country })),
    fc.constantFrom(...organizations).map((organization) => ({ organization })),
    fc.constant({ region: '002' }),
  )
  const participants = (role: string) =>
    fc
      .uniqueArray(participant, { maxLength: 5, selector: (one) => JSON.stringify(one) })
      .map((list) => list.map((one) => ({ ...one, role })))
  const place = fc.option(fc.constantFrom(...codes))
  const span = fc
    .tuple(year, year)
    .map(([a, b]) => (a && b && a > b ? { startsOn: b, endsOn: a } : { startsOn: a, endsOn: b }))
  const location = place.map((country) => (country === null ? null : { country }))
  const documents = fc.record({
    agreements: fc.record({
      title: fc.constant('x'),
      kind: fc.constant('agreement'),
      signedOn: date,
      parties: participants('party'),
      topics,
    }),
    projects: fc
      .tuple(
        span,
        fc.record({
          title: fc.constant('x'),
          kind: fc.constant('other'),
          participants: participants('participant'),
          locations: location.map((one) => (one === null ? [] : [one])),
          topics,
        }),
      )
      .map(([dates, rest]) => ({ ...dates, ...rest })),
    'cooperation-bases': fc.record({
      name: fc.constant('x'),
      kind: fc.constant('other'),
      designatedOn: date,
      participants: participants('participant'),
      hostCountry: place,
      location,
      topics,
    }),
  })
  const samples = fc.sample(documents, { seed: 2011, numRuns: 12 })
  await Promise.all(
    samples
      .flatMap((sample) => Object.entries(sample))
      .map(([resource, document]) => create(api, resource, document)),
  )
}

const counted = networkResources(registry)
const resources = counted.map(({ resource }) => resource.name)

interface Summary {
  resource: string
  countries: string[]
  organizations: string[]
  topics: string[]
  /** Start and end, which are null if the record has none. */
  span: [string | null, string | null]
}

const asList = (value: unknown): string[] => (typeof value === 'string' ? [value] : [])
const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Reads the countries, organizations, topics and dates of every record. */
async function readAll(): Promise<Summary[]> {
  const countryOf = new Map(
    (await listRecords('organizations')).map(({ id, country }) => [String(id), asText(country)]),
  )
  const perResource = await Promise.all(
    counted.map(async ({ resource, dateProperties: [start, end = start] }) =>
      (await listRecords(resource.name)).map((record): Summary => {
        const fields = Object.values(resource.boundFields)
        const valuesOf = (isMeant: (field: Field) => boolean) =>
          fields.filter(({ field }) => isMeant(field)).flatMap(({ context }) => record[context.name] ?? [])
        const participants = valuesOf(({ capability }) => capability?.kind === 'participants')
        const organizations = participants.flatMap((one) => asList(Object(one).organization))
        const hosts = valuesOf(({ hostCountries }) => hostCountries !== undefined)
        const countries = [
          ...[...participants, ...hosts].flatMap((one) => asList(Object(one).country ?? one)),
          ...organizations.flatMap((id) => asList(countryOf.get(id))),
        ]
        return {
          resource: resource.name,
          countries: [...new Set(countries)],
          organizations: [...new Set(organizations)],
          topics: valuesOf(({ capability }) => capability?.kind === 'topics').flatMap(asList),
          span: [asText(record[start]), asText(record[end])],
        }
      }),
    ),
  )
  return perResource.flat()
}

function isWithin({ span: [start, end] }: Summary, from?: number, to?: number, undated?: string): boolean {
  if (from === undefined && to === undefined) return true
  if (start === null && end === null) return undated === 'include'
  return (
    (from === undefined || end === null || parseSpan(end).to >= `${from}-01-01`) &&
    (to === undefined || start === null || parseSpan(start).from <= `${to}-12-31`)
  )
}

/** Groups records by each pair of their participants. */
function groupByPair(records: Summary[], participantsOf: (record: Summary) => string[]) {
  const byPair = new Map<string, Summary[]>()
  for (const record of records) {
    const participants = participantsOf(record).sort()
    participants.forEach((source, index) => {
      for (const target of participants.slice(index + 1)) {
        const name = `${source} ${target}`
        byPair.set(name, [...(byPair.get(name) ?? []), record])
      }
    })
  }
  return byPair
}

/** Returns the earliest (1) or latest (-1) date by its day. Dates with the same day are ordered by text. */
function extreme(dates: string[], day: (date: string) => string, sign: 1 | -1): string | null {
  const compare = (one: string, other: string) => (one === other ? 0 : one < other ? -sign : sign)
  return dates.toSorted((a, b) => compare(day(a), day(b)) || compare(a, b))[0] ?? null
}

function expectedTie(records: Summary[], resourceNames: string[]) {
  const topics = new Map<string, number>()
  for (const topic of records.flatMap((record) => record.topics))
    topics.set(topic, (topics.get(topic) ?? 0) + 1)
  const dates = records.flatMap(({ span: [start, end] }) => [start ?? [], end ?? []].flat())
  return {
    count: records.length,
    resources: Object.fromEntries(
      resourceNames.map((name) => [name, records.filter(({ resource }) => resource === name).length]),
    ),
    topics: Object.fromEntries(topics),
    first: extreme(dates, (date) => parseSpan(date).from, 1),
    last: extreme(dates, (date) => parseSpan(date).to, -1),
  }
}

const comparableTie = ({ count, resources, topics, first, last }: Tie) => ({
  count,
  resources,
  topics: Object.fromEntries(topics.map(({ topic, count }) => [topic, count])),
  first,
  last,
})

/** The networks that the test requests: of one level, or of the partners of one country. */
const networks: { level: 'country' | 'organization'; country?: string }[] = [
  { level: 'country' },
  { level: 'organization' },
  ...['CHN', 'DEU'].map((country) => ({ level: 'country', country }) as const),
]

/** Random parameters of a request for a network. */
const parameterSets = fc.record(
  {
    from: fc.integer({ min: 1998, max: 2006 }),
    to: fc.integer({ min: 2006, max: 2014 }),
    undated: fc.constantFrom('exclude', 'include'),
    resource: fc.subarray(resources, { minLength: 1 }),
    topic: fc.constantFrom('energy', 'science-and-technology'),
    region: fc.constantFrom('150', '202', '142'),
    minimum: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
)

describe('the network', () => {
  it('has every pair of participants that share records, as computed from all records', async () => {
    const records = await readAll()
    const countriesIn = async (region: string) =>
      new Set(
        (await get<{ data: Properties[] }>(`/v1/countries?region=${region}&limit=200`)).data.map(
          ({ code }) => code,
        ),
      )
    const withNarrower = async (topic: string) => {
      const all = await listRecords('topics')
      const found = new Set([topic])
      for (let before = 0; before !== found.size; ) {
        before = found.size
        for (const { slug, broader } of all) if (found.has(String(broader))) found.add(String(slug))
      }
      return found
    }
    await fc.assert(
      fc.asyncProperty(
        parameterSets,
        fc.constantFrom(...networks),
        async (parameters, { level, country }) => {
          const { undated, ...others } = parameters
          const hasYears = parameters.from !== undefined || parameters.to !== undefined
          const requested = { ...others, ...(hasYears && undated !== undefined && { undated }) }
          const search = new URLSearchParams(
            Object.entries(requested).map(([name, value]): [string, string] => [name, String(value)]),
          )
          const topics = parameters.topic && (await withNarrower(parameters.topic))
          const resourceNames = resources.filter((name) => parameters.resource?.includes(name) ?? true)
          const selected = records.filter(
            (record) =>
              resourceNames.includes(record.resource) &&
              isWithin(record, parameters.from, parameters.to, undated) &&
              (!topics || record.topics.some((topic) => topics.has(topic))),
          )
          const region = parameters.region && (await countriesIn(parameters.region))
          const expected = new Map<string, unknown>()
          for (const [name, shared] of groupByPair(selected, (record) =>
            level === 'country' ? record.countries : record.organizations,
          )) {
            if (shared.length < (parameters.minimum ?? 1)) continue
            const ends = name.split(' ')
            if (country !== undefined && !ends.includes(country)) continue
            const others = ends.filter((end) => end !== country)
            if (region && level === 'country' && !others.some((end) => region.has(end))) continue
            expected.set(others.join(' '), expectedTie(shared, resourceNames))
          }
          if (country !== undefined) {
            const { partners, total } = await get<CountryNetwork>(
              `/v1/countries/${country}/network?limit=1000&${search}`,
            )
            expect(Object.fromEntries(partners.map((one) => [one.country, comparableTie(one)]))).toEqual(
              Object.fromEntries(expected),
            )
            expect(total.partners).toBe(expected.size)
            expect(total.records).toBe(selected.filter(({ countries }) => countries.includes(country)).length)
          } else if (level === 'country' || !region) {
            const { edges, nodes, total } = await get<Network>(
              `/v1/network?level=${level}&limit=1000&${search}`,
            )
            expect(
              Object.fromEntries(edges.map((one) => [`${one.source} ${one.target}`, comparableTie(one)])),
            ).toEqual(Object.fromEntries(expected))
            expect(total.edges).toBe(expected.size)
            expect(nodes.map(({ id }) => id)).toEqual(
              [...new Set(edges.flatMap(({ source, target }) => [source, target]))].sort(),
            )
          }
        },
      ),
      {
        numRuns: 25,
        // Always tried: one resource, whose records have countries directly and through organizations.
        examples: [
          [{ resource: ['agreements'] }, { level: 'country' }],
          [{ resource: ['agreements'] }, { level: 'organization' }],
          [{ resource: ['agreements'] }, { level: 'country', country: 'DEU' }],
        ],
      },
    )
  }, 60_000)

  it('lists pairs with the most records first, up to the limit, with the number of all pairs', async () => {
    const all = await get<Network>('/v1/network?limit=1000')
    const counts = all.edges.map(({ count }) => count)
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    expect(all.total.edges).toBe(all.edges.length)
    const few = await get<Network>('/v1/network?limit=2')
    expect(few.edges).toEqual(all.edges.slice(0, 2))
    expect(few.total).toEqual(all.total)
    expect(few.nodes.length).toBeLessThanOrEqual(4)
  })

  it('of a country has a search for each count of a partner, which finds as many records', async () => {
    for (const query of ['', '?from=2004&to=2008', '?from=2006&undated=include&topic=energy']) {
      const { partners } = await get<CountryNetwork>(`/v1/countries/CHN/network${query}`)
      expect(partners.length).toBeGreaterThan(0)
      for (const { resources, searches, link } of partners.slice(0, 8)) {
        const found = Object.entries(resources).filter(([, count]) => count > 0)
        expect(searches.map(({ resource, count }) => [resource, count])).toEqual(found)
        for (const { path, body, count } of searches) {
          const response = await api.post(path, { ...body, count: 'exact', limit: 1 })
          expect(response.json<{ page: { total: { count: number } } }>().page.total.count).toBe(count)
        }
        expect((await api.get(link)).status).toBe(200)
      }
    }
  })

  it('returns 404 for an unknown country, and 400 for a malformed code', async () => {
    expect((await api.get('/v1/countries/ZZZ/network')).status).toBe(404)
    expect((await api.get('/v1/countries/pak/network')).status).toBe(400)
  })

  it('of a country without records has no partners', async () => {
    const { partners, total } = await get<CountryNetwork>('/v1/countries/PLW/network')
    expect({ partners, total }).toEqual({ partners: [], total: { partners: 0, records: 0 } })
  })

  it.each([
    ['from=20x1', 'from'],
    ['undated=include', 'undated'],
    ['resource=sources', 'resource'],
    ['limit=1001', 'limit'],
    ['minimum=0', 'minimum'],
    ['levle=country', 'levle'],
  ])('refuses %s and names the parameter', async (query, parameter) => {
    for (const path of ['/v1/network', '/v1/countries/CHN/network']) {
      const response = await api.get(`${path}?${query}`)
      expect(response.status).toBe(400)
      expect(response.json<{ errors: unknown[] }>().errors).toMatchObject([{ parameter }])
    }
  })

  it('returns the first and last date as written, without adding precision', async () => {
    const parties = ['TUV', 'NRU'].map((country) => ({ country, role: 'party' }))
    await api.post('/v1/agreements', { title: 'x', kind: 'agreement', signedOn: '201X', parties })
    const { partners } = await get<CountryNetwork>('/v1/countries/TUV/network')
    expect(partners).toMatchObject([{ country: 'NRU', count: 1, first: '201X', last: '201X' }])
  })

  it('returns 304 while the ETag of the client is current', async () => {
    for (const path of ['/v1/network', '/v1/countries/CHN/network']) {
      const etag = (await api.get(path)).headers.get('etag') ?? ''
      expect((await api.get(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    }
  })
})
