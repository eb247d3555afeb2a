import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { generate } from '../../src/features/generating/generate.ts'
import { propertiesOf } from '../../src/model/document.ts'
import type { Filter, Operator } from '../../src/model/filters.ts'
import type { Resource } from '../../src/model/resource.ts'
import { completeSort, type ListPlan, type SortTerm } from '../../src/query/list.ts'
import { countStatement, listStatement } from '../../src/query/list-sql.ts'
import { type FeedPlan, feedStatement } from '../../src/query/revisions.ts'
import { registry } from '../../src/resources/registry.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { largeTables, planFaults, type Sizes } from './plans.ts'

const { resources } = registry

/** Number of generated agreements; the numbers of other generated records, except sources, are in proportion. */
const agreements = 100_000

let database: TestDatabase
let sizes: Sizes
beforeAll(async () => {
  database = await openTestDatabase()
  await generate(database.database, agreements, 1)
  sizes = await largeTables(database.pool)
}, 600_000)
afterAll(() => database.close())

/** Candidate values of filters. Each filter gets the first one that it accepts. */
const candidates = [
  '00000000-0000-7000-8000-000000000000',
  'TUV',
  '061',
  'energy',
  '1955-04',
  '1977',
  'EUR',
  'fr',
  'generated:1-7',
  '77',
  '2020-01-02T03:04:05Z',
  'tuvalu',
  '14010',
  'TV',
  'partner_countries',
  'https://ror.org/034t30j35',
  'countries',
  '/startsOn',
]

/** A value that few records have: the last value of an enumeration, or the first valid candidate. `isNull` gets `true`. */
function valueFor(name: string, { value }: Filter, operator: Operator): unknown {
  if (operator === 'isNull') return true
  if (value instanceof z.ZodEnum) return value.options.at(-1)
  const found = candidates.find((candidate) => value.safeParse(candidate).success)
  if (found === undefined)
    throw new Error(`no candidate value is valid for the filter ${name}: add one to the candidates`)
  return found
}

/** Filters by values in lists of a record, such as its participants and amounts. */
const listFilters = [
  'country',
  'organization',
  'region',
  'subregion',
  'role',
  'topic',
  'language',
  'amountKind',
  'amountCurrency',
  'amountYear',
  'locationCountry',
]

/**
 * Whether a filter may read all records, because no index helps. Most records match `ne`, `otherThan` and `noneAs`. `isNull` of
 * lists, and `all` of regions, subregions and languages, are computed for each record. `partnerOf` of countries searches all
 * participants, and `country` of citations searches the records of every resource.
 */
const mayReadAll = ({ name }: Resource, filter: string, operator: Operator) =>
  (name === 'citations' && filter === 'country') ||
  operator === 'ne' ||
  operator === 'otherThan' ||
  operator === 'noneAs' ||
  (operator === 'isNull' && listFilters.includes(filter)) ||
  (operator === 'all' && ['region', 'subregion', 'language'].includes(filter)) ||
  (name === 'countries' && filter === 'partnerOf')

/** Operands of the operators whose operand is not a value of the filter. */
const operands: Partial<Record<Operator, string>> = { year: '1955', decade: '195X', month: '1955-04' }

const planOf = (resource: Resource, changes: Partial<ListPlan> = {}): ListPlan => ({
  resource,
  where: { kind: 'fields', comparisons: [] },
  sort: completeSort(resource, []),
  representation: { fields: propertiesOf(resource), include: [] },
  limit: 25,
  ...changes,
})

const filtered = (resource: Resource, filter: string, operator: Operator, value: unknown): ListPlan =>
  planOf(resource, { where: { kind: 'fields', comparisons: [{ filter, operator, value }] } })

const faults = async (plan: ListPlan, after?: string[]) =>
  planFaults(database.pool, listStatement(plan, after), sizes)

describe(`with ${agreements} agreements and an internal record, the feed of anonymous clients`, () => {
  it('reads only a page of the changes of a resource', async () => {
    const client = await database.pool.connect()
    try {
      await client.query(
        "begin; update records set visibility = 'internal' where id = (select id from sources limit 1)",
      )
      await client.query('set local search_path = published, public')
      for (const order of ['asc', 'desc'] as const) {
        const plan: FeedPlan = {
          after: undefined,
          resources: ['citations'],
          countries: [],
          order,
          limit: 100,
        }
        // As if there were 4,000 revisions: a sort of more than a quarter of them is a fault.
        const assumedSizes = new Map([['revisions', 4000]])
        expect(await planFaults(client, feedStatement(plan), assumedSizes), order).toEqual([])
      }
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})

describe.each(resources)(`with ${agreements} agreements, lists of $name`, (resource) => {
  it('use an index for every filter and operator, unless no index helps', async () => {
    const found: Record<string, string[]> = {}
    for (const [name, filter] of Object.entries(resource.filters)) {
      for (const [word, { takes }] of Object.entries(filter.comparisons)) {
        // A filter's comparisons are keyed by operators.
        const operator = word as Operator
        if (mayReadAll(resource, name, operator)) continue
        const value = operands[operator] ?? valueFor(name, filter, operator)
        const wrong = await faults(filtered(resource, name, operator, takes === 'many' ? [value] : value))
        if (wrong.length > 0) found[`${name}[${operator}]`] = wrong
      }
    }
    expect(found).toEqual({})
  }, 120_000)

  it('use an index for a part of a Chinese text', async () => {
    for (const q of ['能源', '能源 energy -合作', '源 or 巴基斯坦'])
      expect(await faults(filtered(resource, 'q', 'eq', q)), q).toEqual([])
  })

  it('use an index for every sort key, on first and deep pages', async () => {
    const found: Record<string, string[]> = {}
    const counted = await database.database.read<{ total: number }>(countStatement(planOf(resource)))
    const limit = Math.min(4000, (counted[0]?.total ?? 0) - 1)
    for (const key of Object.keys(resource.sorts)) {
      for (const [direction, nulls] of [
        ['asc', 'last'],
        ['asc', 'first'],
        ['desc', 'last'],
        ['desc', 'first'],
      ] as const) {
        const term: SortTerm = { key, direction, nulls }
        const plan = planOf(resource, { sort: completeSort(resource, [term]) })
        const rows = await database.database.read<{ last: string[] }>(
          listStatement({ ...plan, limit }, undefined),
        )
        const wrong = [...(await faults(plan)), ...(await faults(plan, rows[0]?.last))]
        if (wrong.length > 0) found[`${key} ${direction} nulls ${nulls}`] = wrong
      }
    }
    expect(found).toEqual({})
  }, 120_000)

  it('read included records through indexes', async () => {
    const found: Record<string, string[]> = {}
    for (const name of Object.keys(resource.includes())) {
      const plan = planOf(resource, {
        representation: { fields: propertiesOf(resource), include: [name] },
      })
      const wrong = await faults(plan)
      if (wrong.length > 0) found[name] = wrong
    }
    expect(found).toEqual({})
  }, 120_000)
})
