// @module-tag slow

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { insertDocuments } from '../../src/operations/writing/documents.ts'
import { checkDocument } from '../../src/operations/writing/validation.ts'
import { registry } from '../../src/resources/registry.ts'
import { aggregate, countInList } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import { testCreation } from '../support/authorship.ts'
import {
  type Base,
  bases,
  basesFilter,
  dates,
  institute,
  type Participant,
  regionOf,
  roles,
  subregionOf,
  union,
} from '../support/counted-bases.ts'

const api = useTestApi()
beforeAll(createBases)

/** Returns the index in `bases` of the base for which an id in `partOf` stands. */
const indexIn = (id: string) => Number(id.slice(-12))

async function createBases(): Promise<void> {
  const resource = registry.get('cooperation-bases')
  await api.post('/v1/topics', {
    slug: 'narrower-energy',
    name: 'Narrower',
    scheme: 'domain',
    broader: 'energy',
  })
  await api.pool.query(
    `insert into organizations (id, name, kind, country) values ($1, 'Institute', 'academic', 'PAK'), ($2, 'Union', 'multilateral', null)`,
    [institute, union],
  )
  const documents = bases.map(({ partOf, ...base }) => checkDocument(resource, base))
  const stored = await api.database.transaction((transaction) =>
    insertDocuments(transaction, resource, documents, testCreation),
  )
  const keys = stored.map(({ key }) => key)
  const parents = bases.map(({ partOf }) => (partOf === null ? null : (keys[indexIn(partOf)] ?? null)))
  await api.pool.query(
    'update cooperation_bases set part_of = parent from unnest($1::uuid[], $2::uuid[]) as given(own, parent) where id = own and parent is not null',
    [keys, parents],
  )
}

/** The roles that a query requests; undefined for all roles. */
type Roles = readonly string[] | undefined

const distinct = <T>(values: (T | undefined | null)[]): T[] => [
  ...new Set(values.filter((value): value is T => value !== undefined && value !== null)),
]

const participantsIn = (base: Base, inRoles: Roles) =>
  base.participants.filter(({ role }) => inRoles === undefined || inRoles.includes(role))

const countryOf = ({ country, organization }: Participant) =>
  country ?? (organization === institute ? 'PAK' : undefined)

const countriesOf = (base: Base, inRoles: Roles) =>
  distinct([
    ...participantsIn(base, inRoles).map(countryOf),
    ...(inRoles === undefined ? [base.hostCountry, base.location?.country] : []),
  ])

const areasOf = (base: Base, inRoles: Roles, areas: Record<string, string>) =>
  distinct([
    ...countriesOf(base, inRoles).map((country) => areas[country]),
    ...participantsIn(base, inRoles).map(({ region }) => areas[region ?? '']),
  ])

const dateOf = (base: Base) => dates.find(({ text }) => text === base.designatedOn)

/** The values of a base in each dimension, computed in TypeScript. */
const valuesOf: Record<string, (base: Base, inRoles: Roles) => string[]> = {
  country: countriesOf,
  organization: (base, inRoles) =>
    distinct(participantsIn(base, inRoles).map(({ organization }) => organization)),
  region: (base, inRoles) => areasOf(base, inRoles, regionOf),
  subregion: (base, inRoles) => areasOf(base, inRoles, subregionOf),
  role: (base, inRoles) => distinct(participantsIn(base, inRoles).map(({ role }) => role)),
  topic: (base) => base.topics,
  kind: (base) => [base.kind],
  status: (base) => distinct([base.status]),
  hostCountry: (base) => distinct([base.hostCountry]),
  designatedYear: (base) => distinct([dateOf(base)?.year]),
  designatedDecade: (base) => distinct([dateOf(base)?.decade]),
  designatedMonth: (base) => distinct([dateOf(base)?.month]),
}

const ofParticipants = ['country', 'organization', 'region', 'subregion']

/**
 * Returns the keys of all groups that a base is in: every combination of values. If `role` is a dimension, the dimensions
 * of participants have only values of the participants in that role.
 */
function keysOf(base: Base, groupBy: string[], inRoles: Roles): (string | null)[][] {
  const orNull = (values: string[]) => (values.length > 0 ? values : [null])
  const roleIndex = groupBy.indexOf('role')
  const rolesOfBase = roleIndex < 0 ? [undefined] : orNull(valuesOf.role?.(base, inRoles) ?? [])
  return rolesOfBase.flatMap((role) =>
    groupBy.reduce<(string | null)[][]>(
      (tuples, name) => {
        const narrowed = ofParticipants.includes(name) && typeof role === 'string' ? [role] : inRoles
        const values = name === 'role' ? [role ?? null] : orNull(valuesOf[name]?.(base, narrowed) ?? [])
        return tuples.flatMap((tuple) => values.map((value) => [...tuple, value]))
      },
      [[]],
    ),
  )
}

/** Filters as parameters of a list, and as a predicate in TypeScript. */
interface Filters {
  parameters: Record<string, string>
  matches: (base: Base) => boolean
}

const noFilter: Filters = { parameters: {}, matches: () => true }

const requestedRoles = fc.option(fc.subarray(roles, { minLength: 1, maxLength: 2 }), { nil: undefined })

const otherFilters = fc.constantFrom<Filters>(
  noFilter,
  { parameters: { status: 'active' }, matches: ({ status }) => status === 'active' },
  { parameters: { 'status[isNull]': 'true' }, matches: ({ status }) => status === null },
  { parameters: { 'status[ne]': 'active' }, matches: ({ status }) => status !== 'active' },
  { parameters: { kind: 'observatory,other' }, matches: ({ kind }) => kind !== 'ground_station' },
  {
    parameters: { 'designatedOn[within]': '2010/2011-04' },
    matches: (base) => {
      const [from = 0, to = 0] = dateOf(base)?.span ?? []
      return from >= 20100101 && to <= 20110430
    },
  },
  {
    parameters: { 'designatedOn[year]': '2011' },
    matches: (base) => dateOf(base)?.year === '2011',
  },
  {
    parameters: { 'designatedOn[year]': 'unknown', 'designatedOn[decade]': '201X' },
    matches: (base) => dateOf(base)?.year === null && dateOf(base)?.decade === '201X',
  },
  { parameters: { 'topic[isNull]': 'true' }, matches: (base) => base.topics.length === 0 },
  { parameters: { 'topic[allDirectly]': 'energy' }, matches: (base) => base.topics.includes('energy') },
  {
    parameters: { topic: 'energy' },
    matches: (base) => base.topics.some((topic) => topic !== 'ocean'),
  },
)

/** Filters on participants, restricted to the requested roles. */
function participantFilter(inRoles: Roles): fc.Arbitrary<Filters> {
  const includesAll = (wanted: string[], values: string[]) => wanted.every((value) => values.includes(value))
  const inRole: Filters = inRoles
    ? { parameters: { role: inRoles.join() }, matches: (base) => participantsIn(base, inRoles).length > 0 }
    : noFilter
  const both = (filters: Filters): Filters => ({
    parameters: { ...inRole.parameters, ...filters.parameters },
    matches: (base) => inRole.matches(base) && filters.matches(base),
  })
  return fc
    .constantFrom<Filters>(
      noFilter,
      noFilter,
      {
        parameters: { country: 'CHN,DEU' },
        matches: (base) => countriesOf(base, inRoles).some((country) => country !== 'PAK'),
      },
      {
        parameters: { 'country[all]': 'CHN,PAK' },
        matches: (base) => includesAll(['CHN', 'PAK'], countriesOf(base, inRoles)),
      },
      {
        parameters: { 'country[isNull]': 'true' },
        matches: (base) => countriesOf(base, inRoles).length === 0,
      },
      {
        parameters: { 'country[isNull]': 'false' },
        matches: (base) => countriesOf(base, inRoles).length > 0,
      },
      {
        parameters: { region: '142' },
        matches: (base) => areasOf(base, inRoles, regionOf).includes('142'),
      },
      {
        parameters: { 'region[isNull]': 'true' },
        matches: (base) => areasOf(base, inRoles, regionOf).length === 0,
      },
      {
        parameters: { 'organization[all]': institute },
        matches: (base) =>
          participantsIn(base, inRoles).some(({ organization }) => organization === institute),
      },
      {
        parameters: { 'role[all]': 'host' },
        matches: ({ participants }) => participants.some(({ role }) => role === 'host'),
      },
    )
    .map(both)
}

const queries = requestedRoles.chain((inRoles) =>
  fc.record({
    inRoles: fc.constant(inRoles),
    filters: fc.tuple(participantFilter(inRoles), otherFilters).map(
      ([first, second]): Filters => ({
        parameters: { ...basesFilter, ...first.parameters, ...second.parameters },
        matches: (base) => first.matches(base) && second.matches(base),
      }),
    ),
    groupBy: fc.shuffledSubarray(Object.keys(valuesOf), { minLength: 1, maxLength: 3 }),
    distinctOf: fc.constantFrom(...Object.keys(valuesOf)),
    descending: fc.boolean(),
  }),
)

/** Converts a year, decade or month to a number that sorts chronologically, and returns any other text unchanged. */
function toSortable(text: string): number | string {
  const [, minus = '', year = '', month = '0'] = /^(-?)(\d{4}|\d{3}X)(?:-(\d\d))?$/.exec(text) ?? []
  if (year === '') return text
  // `-000X` and `000X` are different decades, so negative decades are counted from 1.
  const number = year.endsWith('X') ? Number(year.slice(0, 3)) + (minus ? 1 : 0) : Number(year)
  return (minus ? -number : number) * 12 + Number(month)
}

function compareKeys(a: (string | null)[], b: (string | null)[]): number {
  for (const [index, text] of a.entries()) {
    const other = b[index] ?? null
    if (text === other) continue
    if (text === null) return 1
    if (other === null) return -1
    return toSortable(text) < toSortable(other) ? -1 : 1
  }
  return 0
}

const ancestorsOf = (base: Base): Base[] => {
  const parent = base.partOf === null ? undefined : bases[indexIn(base.partOf)]
  return parent ? [parent, ...ancestorsOf(parent)] : []
}

describe('an aggregate', () => {
  it('equals counting in memory, and groups link to the lists of their records', async () => {
    await fc.assert(
      fc.asyncProperty(queries, async ({ inRoles, filters, groupBy, distinctOf, descending }) => {
        const found = bases.filter(filters.matches)
        const groups = new Map<string, Base[]>()
        for (const base of found) {
          for (const tuple of keysOf(base, groupBy, inRoles)) {
            const key = JSON.stringify(tuple)
            groups.set(key, [...(groups.get(key) ?? []), base])
          }
        }
        const expected = [...groups].map(([text, members]) => {
          const key = JSON.parse(text) as (string | null)[]
          // The unit count of a base includes the unit counts of its parts.
          const counted = members.filter(
            (base) => !ancestorsOf(base).some((ancestor) => members.includes(ancestor)),
          )
          return {
            key,
            measures: {
              count: members.length,
              [`countDistinct:${distinctOf}`]: new Set(
                members.flatMap((base) => valuesOf[distinctOf]?.(base, inRoles) ?? []),
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
        const aggregated = await aggregate(api, 'cooperation-bases', {
          ...filters.parameters,
          groupBy: groupBy.join(),
          measures: `count,countDistinct:${distinctOf},sum:unitCount,max:unitCount`,
          sort: descending ? '-count' : 'count',
          limit: '1000',
        })
        const returned = aggregated.data.map(({ key, measures }) => ({
          key: groupBy.map((name) => key[name]),
          measures,
        }))
        expect(returned).toEqual(expected)
        expect(aggregated.total).toBe(found.length)
        expect(aggregated.groups).toEqual({ count: expected.length, limit: 1000 })
        // Checks the first groups, and some with nulls.
        const unknown = aggregated.data.filter(({ key }) => Object.values(key).includes(null))
        for (const { list, measures } of [...aggregated.data.slice(0, 2), ...unknown.slice(0, 4)]) {
          expect(await countInList(api, list), list).toBe(measures.count)
        }
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('returns the groups that match having, up to the limit, and the number of all of them', async () => {
    const parameters = { ...basesFilter, groupBy: 'country,status', measures: 'count,sum:unitCount' }
    const all = await aggregate(api, 'cooperation-bases', parameters)
    const some = await aggregate(api, 'cooperation-bases', {
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

  it('returns a label for each key', async () => {
    const { data } = await aggregate(api, 'cooperation-bases', {
      groupBy: 'country,topic,kind',
      country: 'ITA',
    })
    expect(data.map(({ label }) => label)).toContainEqual({
      country: 'Italy',
      topic: 'Cosmic rays',
      kind: 'Observatory',
    })
  })

  it('returns 304 for a matching If-None-Match', async () => {
    const first = await api.get('/v1/agreements/aggregate?groupBy=status')
    const again = await api.get('/v1/agreements/aggregate?groupBy=status', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })
})
