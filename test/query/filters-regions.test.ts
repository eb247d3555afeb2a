import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { propertiesOf } from '../../src/model/document.ts'
import { completeSort } from '../../src/query/list.ts'
import { listStatement } from '../../src/query/list-sql.ts'
import { registry } from '../../src/resources/registry.ts'
import { type Api, startTestApi } from '../support/api.ts'

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

/** A node of a query plan in the output of `explain (format json)`. */
interface PlanNode {
  Alias?: string
  'Subplan Name'?: string
  Plans?: PlanNode[]
}

/** For each scan of the regions that are expanded, whether it is part of a common table expression. */
function regionScans(node: PlanNode, isInCte = false): boolean[] {
  const inCte = isInCte || (node['Subplan Name'] ?? '').startsWith('CTE by_area')
  const scans = (node.Plans ?? []).flatMap((child) => regionScans(child, inCte))
  return node.Alias === 'area' ? [inCte, ...scans] : scans
}

const withParticipants = registry.resources.filter(({ filters }) => Object.hasOwn(filters, 'subregion'))

describe('lists by regions', () => {
  // Readers without a key read views that leave out internal records. There, the planner estimates one row, and could choose to
  // expand all regions again for each record. The common table expression that expands the regions is declared `materialized`,
  // so it is computed once, in views and in tables.
  it.each(withParticipants.map((resource) => ({ resource, name: resource.name })))(
    'of $name find the countries of subregions once, whatever the number of records',
    async ({ resource }) => {
      const { text, values } = listStatement(
        {
          resource,
          where: {
            kind: 'fields',
            comparisons: [{ filter: 'subregion', operator: 'otherThan', value: ['034'] }],
          },
          sort: completeSort(resource, []),
          representation: { fields: propertiesOf(resource), include: [] },
          limit: 25,
        },
        undefined,
      )
      const { rows } = await api.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (format json) ${text}`,
        values,
      )
      const scans = rows.flatMap((row) => regionScans(row['QUERY PLAN'][0].Plan))
      expect(scans.length).toBeGreaterThan(0)
      expect(scans).not.toContain(false)
    },
  )
})
