// @module-tag slow

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { insertDocuments } from '../../src/operations/writing/documents.ts'
import { checkDocument } from '../../src/operations/writing/validation.ts'
import { registry } from '../../src/resources/registry.ts'
import { useTestApi } from '../support/api.ts'
import { testCreation } from '../support/authorship.ts'
import { dateMatches, parseSpan } from '../support/date-oracle.ts'
import { listAll, type Page } from '../support/documents.ts'

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

  /** Conditions, sort keys and page size of a list. */
  interface Query {
    conditions: Condition[]
    sort: string[]
    limit: number
  }

  /** A condition of the query string. */
  interface Condition {
    filter: string
    operator: string
    values: string[]
  }

  /** Data that the oracle needs in addition to the agreements. It is read once, before the test. */
  interface RelatedData {
    countryOf: Map<string, string | null>
    countriesIn: (region: string) => Set<string>
    regionsIn: (region: string) => Set<string>
    topicsIn: (topic: string) => Set<string>
    /** Rank of each record's title in the collation `und-x-icu`, by id, from PostgreSQL: the ICU of Node.js may differ. */
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
      .map(([yearMonth, day]) => `${yearMonth}-${String(day).padStart(2, '0')}`),
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
    .map(([participant, role]) => ({ ...participant, role }))

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
    // Twice, so that it is generated more often.
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

  const valueMatches = (operator: string, value: string | null, values: string[]) =>
    (value !== null && values.includes(value)) !== (operator === 'ne')

  function partyMatches(filter: string, values: string[], participant: Party, related: RelatedData): boolean {
    const country = participant.country ?? related.countryOf.get(participant.organization ?? '') ?? null
    switch (filter) {
      case 'country':
        return country !== null && values.includes(country)
      case 'organization':
        return participant.organization !== null && values.includes(participant.organization)
      default:
        return values.some(
          (region) =>
            (participant.region !== null && related.regionsIn(region).has(participant.region)) ||
            (country !== null && related.countriesIn(region).has(country)),
        )
    }
  }

  /** Tells whether a record matches all conditions, computed without SQL. */
  function recordMatches(record: Agreement, conditions: Condition[], related: RelatedData): boolean {
    const requestedRoles = conditions.find(({ filter }) => filter === 'role')?.values
    const inRole = record.parties.filter(({ role }) => requestedRoles?.includes(role) ?? true)
    return conditions.every(({ filter, operator, values }) => {
      switch (filter) {
        case 'kind':
        case 'level':
        case 'status':
          return valueMatches(operator, record[filter], values)
        case 'signedOn':
        case 'inForceFrom':
          return dateMatches(record[filter], operator, values[0] ?? '')
        case 'language':
          return record.languages.some((language) => values.includes(language))
        case 'topic':
          return values.some((topic) => record.topics.some((own) => related.topicsIn(topic).has(own)))
        case 'role':
          return inRole.length > 0
        default:
          return inRole.some((participant) => partyMatches(filter, values, participant, related))
      }
    })
  }

  /** Returns the value of a sort key; null if the record has none. */
  function sortValue(record: Agreement, key: string, related: RelatedData): string | number | null {
    switch (key) {
      case 'title':
        return related.rankOf.get(record.id) ?? null
      case 'signedOn':
      case 'inForceFrom':
        return record[key] === null ? null : parseSpan(record[key]).from
      default:
        return z.string().nullable().parse(Reflect.get(record, key))
    }
  }

  /** Tells whether one record may come before another in a list. */
  function isInOrder(before: Agreement, after: Agreement, sort: string[], related: RelatedData): boolean {
    for (const sortKey of sort) {
      const key = sortKey.replace('-', '')
      const [a, b] = [sortValue(before, key, related), sortValue(after, key, related)]
      if (a === b) continue
      // Records without a value come last, in both directions.
      if (a === null || b === null) return b === null
      return a < b !== sortKey.startsWith('-')
    }
    return true
  }

  /** Returns a function that returns the set of a key and all its descendants. */
  function descendantsOf(parents: Map<string, string | null>): (key: string) => Set<string> {
    return (key) => {
      const found = new Set([key])
      for (let before = 0; before !== found.size; ) {
        before = found.size
        for (const [child, parent] of parents) if (parent !== null && found.has(parent)) found.add(child)
      }
      return found
    }
  }

  const readAll = <Entry>(resource: string) => listAll<Entry>(api, registry.get(resource))

  async function readRelatedData(): Promise<RelatedData> {
    const ranks = await api.pool.query<{ id: string; rank: number }>(
      'select id, dense_rank() over (order by title collate "und-x-icu")::int as rank from agreements',
    )
    const allOrganizations = await readAll<{ id: string; country: string | null }>('organizations')
    const allRegions = await readAll<{ code: string; parent: string | null }>('regions')
    const allCountries = await readAll<{ code: string; region: string | null; groups: string[] }>('countries')
    const allTopics = await readAll<{ slug: string; broader: string | null }>('topics')
    const regionsIn = descendantsOf(new Map(allRegions.map(({ code, parent }) => [code, parent])))
    return {
      countryOf: new Map(allOrganizations.map(({ id, country }) => [id, country])),
      regionsIn,
      countriesIn: (region) => {
        const containedRegions = regionsIn(region)
        const inside = allCountries.filter(({ region: parent, groups }) =>
          [parent ?? '', ...groups].some((code) => containedRegions.has(code)),
        )
        return new Set(inside.map(({ code }) => code))
      },
      topicsIn: descendantsOf(new Map(allTopics.map(({ slug, broader }) => [slug, broader]))),
      rankOf: new Map(ranks.rows.map(({ id, rank }) => [id, rank])),
    }
  }

  /** Returns the id of an organization by its index. Arbitraries have indexes, since the ids exist only after `beforeAll`. */
  const organizationId = (index: unknown) => organizations[Number(index)] ?? ''

  const seed = Date.now()
  // A separate registry, so that the oracle knows all records in it.
  const api = useTestApi()
  let records: Agreement[]
  let related: RelatedData
  beforeAll(async () => {
    for (const [name, country] of [['Theirs', 'PAK'], ['Nobody’s'], ['Ours', 'KAZ']]) {
      const created = await api.post('/v1/organizations', { name, kind: 'other', country })
      organizations.push(created.json<{ id: string }>().id)
    }
    const resource = registry.get('agreements')
    const documents = fc.sample(agreement, { numRuns: 45, seed }).map(({ parties, ...document }) =>
      checkDocument(resource, {
        ...document,
        parties: parties.map((participant) =>
          'organization' in participant
            ? { ...participant, organization: organizationId(participant.organization) }
            : participant,
        ),
      }),
    )
    // In three transactions, so that many records have the same createdAt.
    for (const index of [0, 15, 30])
      await api.database.transaction((transaction) =>
        insertDocuments(transaction, resource, documents.slice(index, index + 15), testCreation),
      )
    records = await readAll<Agreement>('agreements')
    related = await readRelatedData()
  })

  /** Replaces the indexes of organizations in a condition with the ids of these organizations. */
  const withIds = ({ filter, operator, values }: Condition): Condition => ({
    filter,
    operator,
    values: filter === 'organization' ? values.map(organizationId) : values,
  })

  function queryStringOf({ conditions, sort, limit }: Query): string {
    const parameters = new URLSearchParams({ limit: String(limit), count: 'exact', fields: 'id' })
    for (const { filter, operator, values } of conditions)
      parameters.set(operator === '' ? filter : `${filter}[${operator}]`, values.join())
    if (sort.length > 0) parameters.set('sort', sort.join())
    return String(parameters)
  }

  /** Returns the ids on all pages, and the total that the first page states. */
  async function readAllPages(query: Query): Promise<{ ids: string[]; total: number | undefined }> {
    const queryString = queryStringOf(query)
    const pageOf = async (cursor: string) => {
      const response = await api.get(`/v1/agreements?${queryString}${cursor}`)
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

  it('returns exactly the matching records over all pages, each once and in order', slow, async () => {
    const known = new Map(records.map((record) => [record.id, record]))
    await fc.assert(
      fc.asyncProperty(query, async (generated) => {
        const query = { ...generated, conditions: generated.conditions.map(withIds) }
        const hint = `${queryStringOf(query)} over the records of seed ${seed}`
        const expected = records.filter((record) => recordMatches(record, query.conditions, related))
        const { ids, total } = await readAllPages(query)
        expect([...ids].sort(), hint).toEqual(expected.map(({ id }) => id).sort())
        expect(total, hint).toBe(expected.length)
        const found = ids.flatMap((id) => known.get(id) ?? [])
        found.slice(1).forEach((after, index) => {
          const before = found[index]
          const isOrdered = before !== undefined && isInOrder(before, after, query.sort, related)
          expect(isOrdered, `${JSON.stringify([before, after])} in ${hint}`).toBe(true)
        })
      }),
      { numRuns: 100 },
    )
  })

  it('is tested on agreements with at least three values of kind, level, status and signedOn', () => {
    // The generated agreements, and those of the seed data.
    expect(records.length).toBe(45 + 4)
    // A missing value counts as a value.
    for (const key of ['kind', 'level', 'status', 'signedOn'] as const)
      expect(new Set(records.map((record) => record[key])).size, key).toBeGreaterThan(2)
  })
})
