import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { countStatement } from '../../src/query/list-sql.ts'
import { planSearch } from '../../src/query/search.ts'
import { registry } from '../../src/resources/registry.ts'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'

const database = useOpened(openTestDatabase)

const countStatementOf = (resource: string, where: object) =>
  countStatement(planSearch(registry.get(resource), { where }))

interface PlanNode {
  'Node Type': string
  'Parent Relationship'?: string | undefined
  Plans?: PlanNode[] | undefined
}

const planNode: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Parent Relationship': z.string().optional(),
  get Plans() {
    return z.array(planNode).optional()
  },
})

const planRows = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })])

async function planOf(resource: string, where: object): Promise<PlanNode> {
  const { text, values } = countStatementOf(resource, where)
  const { rows } = await database.pool.query(`explain (format json) ${text}`, values)
  return planRows.parse(rows)[0]['QUERY PLAN'][0].Plan
}

const joinTypes = ['Nested Loop', 'Hash Join', 'Merge Join']

const countJoins = ({ 'Node Type': type, Plans = [] }: PlanNode): number =>
  Plans.reduce((sum, plan) => sum + countJoins(plan), joinTypes.includes(type) ? 1 : 0)

const readTotal = async (where: object) => {
  const { text, values } = countStatementOf('agreements', where)
  const { rows } = await database.pool.query(text, values)
  return z.tuple([z.object({ total: z.int() })]).parse(rows)[0].total
}

/** Conditions that mean the same, but have different values. */
const equivalentConditions = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ topic: { in: ['energy', `no-topic-${index}`] } }))

/**
 * Returns the nodes that call a function of a hierarchy (`ProjectSet`), except in parts of the plan that run only once in a
 * statement (`InitPlan`).
 */
const repeatedCalls = (node: PlanNode): PlanNode[] =>
  node['Parent Relationship'] === 'InitPlan'
    ? []
    : [...(node['Node Type'] === 'ProjectSet' ? [node] : []), ...(node.Plans ?? []).flatMap(repeatedCalls)]

describe('a search', () => {
  it.each([
    { resource: 'agreements', where: { topics: { some: { within: { eq: 'energy' } } } } },
    { resource: 'agreements', where: { topics: { none: { within: { eq: 'energy' } } } } },
    { resource: 'agreements', where: { topic: { eq: 'energy' } } },
    { resource: 'agreements', where: { parties: { some: { region: { eq: '142' } } } } },
    { resource: 'agreements', where: { parties: { none: { region: { eq: '142' } } } } },
    { resource: 'agreements', where: { region: { eq: '142' } } },
    { resource: 'countries', where: { region: { eq: '142' } } },
    { resource: 'organizations', where: { region: { eq: '142' } } },
    { resource: 'regions', where: { region: { eq: '142' } } },
    { resource: 'topics', where: { topic: { eq: 'energy' } } },
  ])('of $resource by $where evaluates the hierarchy once', async ({ resource, where }) => {
    const plan = await planOf(resource, where)
    expect(JSON.stringify(plan)).toContain('ProjectSet')
    expect(repeatedCalls(plan)).toEqual([])
  })

  it.each([
    { and: [{ topic: { eq: 'energy' } }, { topic: { eq: 'energy' } }] },
    { or: [{ topic: { eq: 'energy' } }, { topic: { eq: 'energy' } }] },
    { not: { not: { and: [{ topic: { eq: 'energy' } }, { topic: { eq: 'energy' } }] } } },
    { topics: { some: { or: [{ within: { eq: 'energy' } }, { within: { eq: 'energy' } }] } } },
  ])('evaluates repeated conditions once: %j', (where) => {
    expect(countStatementOf('agreements', where).values).toHaveLength(1)
  })

  it.each([
    ['conditions', { and: equivalentConditions(40) }],
    [
      'nested conditions',
      { and: Array.from({ length: 7 }, (_, index) => ({ and: equivalentConditions(7 + index) })) },
    ],
    [
      'conditions on lists',
      { and: equivalentConditions(40).map(({ topic }) => ({ topics: { some: { within: topic } } })) },
    ],
  ])('makes at most eight joins for many %s, and finds the same as for one', async (_what, where) => {
    expect(countJoins(await planOf('agreements', where))).toBeLessThanOrEqual(8)
    const total = await readTotal({ topic: { eq: 'energy' } })
    expect(total).toBeGreaterThan(0)
    expect(await readTotal(where)).toBe(total)
    expect(await readTotal({ and: [{ not: where }, { topic: { eq: 'energy' } }] })).toBe(0)
  })

  it.each(['none', 'every'])(
    'makes a join for each of many conditions on lists with the quantifier %s',
    async (quantifier) => {
      // Otherwise, each condition would be evaluated for each record.
      const conditions = equivalentConditions(12).map(({ topic }) => ({
        topics: { [quantifier]: { within: topic } },
      }))
      expect(countJoins(await planOf('agreements', { and: conditions }))).toBe(12)
    },
  )

  it('evaluates each of several conditions with different values', () => {
    const where = { and: [{ topic: { eq: 'energy' } }, { topic: { eq: 'ocean' } }] }
    expect(countStatementOf('agreements', where).values).toHaveLength(2)
  })
})
