import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { countStatement } from '../../src/query/list-sql.ts'
import { planSearch } from '../../src/query/search.ts'
import { registry } from '../../src/resources/registry.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const countOf = (resource: string, where: object) =>
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

const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })])

/** Returns the nodes that call a function of a hierarchy, and may do so more than once in a statement. */
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
    const { text, values } = countOf(resource, where)
    const { rows } = await database.pool.query(`explain (format json) ${text}`, values)
    const [{ 'QUERY PLAN': plan }] = explained.parse(rows)
    expect(repeatedCalls(plan[0].Plan)).toEqual([])
  })

  it.each([
    { and: [{ topic: { eq: 'energy' } }, { topic: { eq: 'energy' } }] },
    { or: [{ topic: { eq: 'energy' } }, { topic: { eq: 'energy' } }] },
    { not: { not: { and: [{ topic: { eq: 'energy' } }, { topic: { eq: 'energy' } }] } } },
    { topics: { some: { or: [{ within: { eq: 'energy' } }, { within: { eq: 'energy' } }] } } },
  ])('evaluates repeated conditions once: %j', (where) => {
    expect(countOf('agreements', where).values).toHaveLength(1)
  })

  it('evaluates conditions with different values each', () => {
    const where = { and: [{ topic: { eq: 'energy' } }, { topic: { eq: 'ocean' } }] }
    expect(countOf('agreements', where).values).toHaveLength(2)
  })
})
