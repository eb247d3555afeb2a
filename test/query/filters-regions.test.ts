import { describe, expect, it } from 'vitest'
import { propertiesOf } from '../../src/model/document.ts'
import type { Operator } from '../../src/model/filters.ts'
import type { Resource } from '../../src/model/resource.ts'
import { completeSort } from '../../src/query/list.ts'
import { listStatement } from '../../src/query/list-sql.ts'
import { registry } from '../../src/resources/registry.ts'
import { useTestApi } from '../support/api.ts'

const api = useTestApi()

/** A node of a query plan in the output of `explain (verbose, format json)`. */
interface PlanNode {
  Alias?: string
  Output?: string[]
  'Parent Relationship'?: string
  'Subplan Name'?: string
  Plans?: PlanNode[]
}

/** For each scan of `regions` whose countries are looked up (`countries_within`), whether it is part of a common table expression. */
function regionScans(node: PlanNode, isInCte = false): boolean[] {
  const inCte = isInCte || (node['Subplan Name'] ?? '').startsWith('CTE by_area')
  const scans = (node.Plans ?? []).flatMap((child) => regionScans(child, inCte))
  return node.Alias === 'area' ? [inCte, ...scans] : scans
}

/** For each call of `countries_within`, whether it is part of an InitPlan, which runs once for a statement. */
function expansions(node: PlanNode, isInInitPlan = false): boolean[] {
  const inInitPlan = isInInitPlan || node['Parent Relationship'] === 'InitPlan'
  const calls = (node.Plans ?? []).flatMap((child) => expansions(child, inInitPlan))
  return node.Output?.some((output) => output.startsWith('countries_within('))
    ? [inInitPlan, ...calls]
    : calls
}

/** Returns the plan of the first page of a list with one filter. */
async function planOf(resource: Resource, filter: string, operator: Operator, value: unknown) {
  const { text, values } = listStatement(
    {
      resource,
      where: { kind: 'fields', comparisons: [{ filter, operator, value }] },
      sort: completeSort(resource, []),
      representation: { fields: propertiesOf(resource), include: [] },
      limit: 25,
    },
    undefined,
  )
  const { rows } = await api.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (verbose, format json) ${text}`,
    values,
  )
  return rows.map((row) => row['QUERY PLAN'][0].Plan)
}

const withParticipants = registry.resources.filter(({ filters }) => Object.hasOwn(filters, 'subregion'))

describe('lists by regions', () => {
  // Readers without a key read views that leave out internal records. There, the planner estimates one row, and could choose to
  // expand all regions again for each record. The common table expression that expands the regions is declared `materialized`,
  // so it is computed once, in views and in tables.
  it.each(withParticipants.map((resource) => ({ resource, name: resource.name })))(
    'of $name find the countries of subregions once, whatever the number of records',
    async ({ resource }) => {
      const plans = await planOf(resource, 'subregion', 'otherThan', ['034'])
      const scans = plans.flatMap((plan) => regionScans(plan))
      expect(scans.length).toBeGreaterThan(0)
      expect(scans).not.toContain(false)
    },
  )

  // If another filter excludes most records, the planner could choose to look up the countries again for each of the others.
  it.each([
    ['region', 'noneAs', ['party']],
    ['subregion', 'noneAs', ['party']],
    ['region', 'isNull', true],
  ] as const)('with %s[%s] look up the countries of regions once', async (filter, operator, value) => {
    const plans = await planOf(registry.get('agreements'), filter, operator, value)
    const calls = plans.flatMap((plan) => expansions(plan))
    expect(calls.length).toBeGreaterThan(0)
    expect(calls).not.toContain(false)
  })
})
