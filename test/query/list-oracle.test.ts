import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { insertDocuments } from '../../src/operations/writing/documents.ts'
import { checkDocument } from '../../src/operations/writing/validation.ts'
import { registry } from '../../src/resources/registry.ts'
import { type Api, openApi } from '../support/api.ts'
import { testCreation } from '../support/authorship.ts'
import { dateHolds, spanOf } from '../support/date-oracle.ts'
import type { Page } from '../support/labelled-records.ts'

const { resources } = registry

/** Many requests are slow on a busy machine. */
const slow = { timeout: 60_000 }

describe('a list with any filters, any order and any page size', () => {
  interface Party {
    country: string | null
    organization: string | null
    region: string | null
    role: string
  }

  interface Agreement {
    id: string
    title: string
    kind: string
    level: string | null
    status: string | null
    signedOn: string | null
    inForceFrom: string | null
    languages: string[]
    parties: Party[]
    topics: string[]
    createdAt: string
  }

  /** Conditions, order and page size of a list, as values. */
  interface Query {
    conditions: Condition[]
    sort: string[]
    limit: number
  }

  /** A condition as it stands in the URL. */
  interface Condition {
    filter: string
    operator: string
    values: string[]
  }

  /** What the oracle knows of the registry beside the agreements, each read once. */
  interface Surroundings {
    countryOf: Map<string, string | null>
    countriesIn: (region: string) => Set<string>
    regionsIn: (region: string) => Set<string>
    topicsIn: (topic: string) => Set<string>
    /** Place of each title in the Unicode order, equal for equal titles; PostgreSQL computes it, since Node's ICU may differ. */
    rankOf: Map<string, number>
  }

  const countries = ['CHN', 'PAK', 'KAZ', 'DEU', 'ETH']
  const regions = ['142', '143', '150', '034', '902', '199']
  const topics = ['energy', 'new-energy', 'climate', 'ford-1-5', 'energy-and-environmental-protection']
  const roles = ['party', 'beneficiary', 'observer']
  const kinds = ['treaty', 'protocol', 'other']
  const statuses = ['signed', 'in_force', 'expired']
  const levels = ['intergovernmental', 'interagency']
  const languages = ['en', 'zh', 'fr']
  const words = ['alpha', 'Beta', 'gamma', 'Delta', 'Ēta']
  const organizations: string[] = []

  const month = fc
    .record({ year: fc.integer({ min: 2009, max: 2012 }), month: fc.integer({ min: 1, max: 12 }) })
    .map(({ year, month: number }) => `${year}-${String(number).padStart(2, '0')}`)
  const simpleDate = fc.oneof(
    fc.integer({ min: 2009, max: 2012 }).map(String),
    month,
    fc
      .tuple(month, fc.integer({ min: 1, max: 28 }))
      .map(([of, day]) => `${of}-${String(day).padStart(2, '0')}`),
  )
  const date = fc.oneof(
    { weight: 4, arbitrary: simpleDate },
    { weight: 1, arbitrary: simpleDate.map((text) => `${text}~`) },
    { weight: 1, arbitrary: fc.constantFrom('201X', '200X', '20XX', '2011-XX', '2010-06-XX') },
    { weight: 1, arbitrary: simpleDate.map((start) => `${start}/..`) },
    { weight: 1, arbitrary: simpleDate.map((end) => `../${end}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(simpleDate, simpleDate).map((ends) => ends.sort().join('/')),
    },
  )

  const party = fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...countries).map((country) => ({ country })),
        fc.constantFrom(...regions).map((region) => ({ region })),
        fc.nat(2).map((index) => ({ organization: index })),
      ),
      fc.constantFrom(...roles),
    )
    .map(([actor, role]) => ({ ...actor, role }))

  const agreement = fc.record({
    title: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((some) => some.join(' ')),
    kind: fc.constantFrom(...kinds),
    level: fc.option(fc.constantFrom(...levels)),
    status: fc.option(fc.constantFrom(...statuses)),
    signedOn: fc.option(date, { freq: 4 }),
    inForceFrom: fc.option(date),
    languages: fc.subarray(languages),
    parties: fc.uniqueArray(party, { maxLength: 4, selector: (value) => JSON.stringify(value) }),
    topics: fc.subarray(topics, { maxLength: 2 }),
  })

  const anyOf = (filter: string, values: string[], ...operators: string[]) =>
    fc.record({
      filter: fc.constant(filter),
      operator: fc.constantFrom('', ...operators),
      values: fc.shuffledSubarray(values, { minLength: 1, maxLength: 2 }),
    })
  const comparison = (filter: string) =>
    fc.record({
      filter: fc.constant(filter),
      operator: fc.constantFrom('', 'ne', 'gt', 'gte', 'lt', 'lte'),
      values: fc.tuple(date),
    })
  const condition = fc.oneof(
    anyOf('kind', kinds, 'ne'),
    anyOf('status', statuses, 'ne'),
    anyOf('level', levels, 'ne'),
    anyOf('country', countries),
    anyOf('region', regions),
    anyOf('role', roles),
    anyOf('organization', ['0', '1', '2']),
    anyOf('topic', topics),
    anyOf('language', languages),
    comparison('signedOn'),
    comparison('signedOn'),
    comparison('inForceFrom'),
  )
  const query: fc.Arbitrary<Query> = fc.record({
    conditions: fc.uniqueArray(condition, {
      maxLength: 3,
      selector: ({ filter, operator }) => `${filter} ${operator}`,
    }),
    sort: fc
      .shuffledSubarray(['signedOn', 'inForceFrom', 'title', 'kind', 'level', 'status', 'createdAt', 'id'], {
        maxLength: 3,
      })
      .chain((sortKeys) =>
        fc.tuple(...sortKeys.map((key) => fc.constantFrom(key, `-${key}`))).map((some) => [...some]),
      ),
    limit: fc.integer({ min: 2, max: 30 }),
  })

  const isIn = (operator: string, value: string | null, values: string[]) =>
    (value !== null && values.includes(value)) !== (operator === 'ne')

  function partyHolds(filter: string, values: string[], taking: Party, around: Surroundings): boolean {
    const own = taking.country ?? around.countryOf.get(taking.organization ?? '') ?? null
    switch (filter) {
      case 'country':
        return own !== null && values.includes(own)
      case 'organization':
        return taking.organization !== null && values.includes(taking.organization)
      default:
        return values.some(
          (region) =>
            (taking.region !== null && around.regionsIn(region).has(taking.region)) ||
            (own !== null && around.countriesIn(region).has(own)),
        )
    }
  }

  /** Whether a record is in a list, computed without SQL. */
  function holds(record: Agreement, conditions: Condition[], around: Surroundings): boolean {
    const requestedRoles = conditions.find(({ filter }) => filter === 'role')?.values
    const inRole = record.parties.filter(({ role }) => requestedRoles?.includes(role) ?? true)
    return conditions.every(({ filter, operator, values }) => {
      switch (filter) {
        case 'kind':
        case 'level':
        case 'status':
          return isIn(operator, record[filter], values)
        case 'signedOn':
        case 'inForceFrom':
          return dateHolds(record[filter], operator, values[0] ?? '')
        case 'language':
          return record.languages.some((language) => values.includes(language))
        case 'topic':
          return values.some((topic) => record.topics.some((own) => around.topicsIn(topic).has(own)))
        case 'role':
          return inRole.length > 0
        default:
          return inRole.some((taking) => partyHolds(filter, values, taking, around))
      }
    })
  }

  /** What a record is sorted by; null where it has no value. */
  function sortValue(record: Agreement, key: string, around: Surroundings): string | number | null {
    switch (key) {
      case 'title':
        return around.rankOf.get(record.id) ?? null
      case 'signedOn':
      case 'inForceFrom':
        return record[key] === null ? null : spanOf(record[key]).from
      default:
        return z.string().nullable().parse(Reflect.get(record, key))
    }
  }

  /** Whether one record may stand before another. */
  function inOrder(before: Agreement, after: Agreement, sort: string[], around: Surroundings): boolean {
    for (const word of sort) {
      const key = word.replace('-', '')
      const [a, b] = [sortValue(before, key, around), sortValue(after, key, around)]
      if (a === b) continue
      // Records without a value come last, in both directions.
      if (a === null || b === null) return b === null
      return a < b !== word.startsWith('-')
    }
    return true
  }

  /** Keys reachable downwards from a key. */
  function closureOf(parents: Map<string, string | null>): (key: string) => Set<string> {
    return (key) => {
      const found = new Set([key])
      for (let before = 0; before !== found.size; ) {
        before = found.size
        for (const [child, parent] of parents) if (parent !== null && found.has(parent)) found.add(child)
      }
      return found
    }
  }

  /** All records of a resource, in the order of their making. */
  async function everything<T>(resource: string, cursor?: string): Promise<T[]> {
    const on = cursor === undefined ? '' : `&cursor=${cursor}`
    const { data, page } = (await own.get(`/v1/${resource}?limit=200${on}`)).json<Page<T>>()
    return page.next === null ? data : [...data, ...(await everything<T>(resource, page.next))]
  }

  async function surroundings(): Promise<Surroundings> {
    const ranks = await own.pool.query<{ id: string; rank: number }>(
      'select id, dense_rank() over (order by title collate "und-x-icu")::int as rank from agreements',
    )
    const bodies = await everything<{ id: string; country: string | null }>('organizations')
    const areas = await everything<{ code: string; parent: string | null }>('regions')
    const states = await everything<{ code: string; region: string | null; groups: string[] }>('countries')
    const subjects = await everything<{ slug: string; broader: string | null }>('topics')
    const regionsIn = closureOf(new Map(areas.map(({ code, parent }) => [code, parent])))
    return {
      countryOf: new Map(bodies.map(({ id, country }) => [id, country])),
      regionsIn,
      countriesIn: (region) => {
        const within = regionsIn(region)
        const inside = states.filter(({ region: own, groups }) =>
          [own ?? '', ...groups].some((code) => within.has(code)),
        )
        return new Set(inside.map(({ code }) => code))
      },
      topicsIn: closureOf(new Map(subjects.map(({ slug, broader }) => [slug, broader]))),
      rankOf: new Map(ranks.rows.map(({ id, rank }) => [id, rank])),
    }
  }

  /** The places of organizations, as the arbitraries have them, as ids. */
  const organizationId = (index: unknown) => organizations[Number(index)] ?? ''

  const seed = Date.now()
  // A registry of its own, so that the oracle knows every record and every kind of date in it.
  let own: Api
  let records: Agreement[]
  let around: Surroundings
  beforeAll(async () => {
    own = await openApi()
    for (const [name, country] of [['Theirs', 'PAK'], ['Nobody’s'], ['Ours', 'KAZ']]) {
      const made = await own.post('/v1/organizations', { name, kind: 'other', country })
      organizations.push(made.json<{ id: string }>().id)
    }
    const resource = resources.find(({ name }) => name === 'agreements')
    if (!resource) throw new Error('there are no agreements')
    const documents = fc.sample(agreement, { numRuns: 45, seed }).map(({ parties, ...document }) =>
      checkDocument(resource, {
        ...document,
        parties: parties.map((taking) =>
          'organization' in taking
            ? { ...taking, organization: organizationId(taking.organization) }
            : taking,
        ),
      }),
    )
    // In three transactions, so that there are few moments of creation, each shared by many records.
    for (const index of [0, 15, 30])
      await own.database.transaction((transaction) =>
        insertDocuments(transaction, resource, documents.slice(index, index + 15), testCreation),
      )
    records = await everything<Agreement>('agreements')
    around = await surroundings()
  })
  afterAll(() => own.close())

  /** A condition with the ids of organizations in the place of their places. */
  const resolved = ({ filter, operator, values }: Condition): Condition => ({
    filter,
    operator,
    values: filter === 'organization' ? values.map(organizationId) : values,
  })

  function searchOf({ conditions, sort, limit }: Query): string {
    const parameters = new URLSearchParams({ limit: String(limit), count: 'exact', fields: 'id' })
    for (const { filter, operator, values } of conditions)
      parameters.set(operator === '' ? filter : `${filter}[${operator}]`, values.join())
    if (sort.length > 0) parameters.set('sort', sort.join())
    return String(parameters)
  }

  /** The ids of all pages, and how many records the first page says there are. */
  async function walk(query: Query): Promise<{ ids: string[]; total: number | undefined }> {
    const search = searchOf(query)
    const pageOf = async (cursor: string) => {
      const response = await own.get(`/v1/agreements?${search}${cursor}`)
      expect(response.status, response.text).toBe(200)
      return response.json<Page<{ id: string }>>()
    }
    let { data, page } = await pageOf('')
    const total = page.total?.count
    const ids = data.map(({ id }) => id)
    while (page.next !== null) {
      expect(data).toHaveLength(query.limit)
      ;({ data, page } = await pageOf(`&cursor=${page.next}`))
      ids.push(...data.map(({ id }) => id))
    }
    return { ids, total }
  }

  it('returns over all pages exactly the matching records, each once, in that order', slow, async () => {
    const known = new Map(records.map((record) => [record.id, record]))
    await fc.assert(
      fc.asyncProperty(query, async (drawn) => {
        const query = { ...drawn, conditions: drawn.conditions.map(resolved) }
        const hint = `${searchOf(query)} over the records of seed ${seed}`
        const expected = records.filter((record) => holds(record, query.conditions, around))
        const { ids, total } = await walk(query)
        expect([...ids].sort(), hint).toEqual(expected.map(({ id }) => id).sort())
        expect(total, hint).toBe(expected.length)
        const found = ids.flatMap((id) => known.get(id) ?? [])
        found.slice(1).forEach((after, index) => {
          const before = found[index]
          const right = before !== undefined && inOrder(before, after, query.sort, around)
          expect(right, `${JSON.stringify([before, after])} in ${hint}`).toBe(true)
        })
      }),
      { numRuns: 100 },
    )
  })

  it('is compared over many different records, so that the test has matches and mismatches', () => {
    expect(records.length).toBe(45 + 4)
    for (const key of ['kind', 'level', 'status', 'signedOn'] as const)
      expect(new Set(records.map((record) => record[key])).size, key).toBeGreaterThan(2)
  })
})
