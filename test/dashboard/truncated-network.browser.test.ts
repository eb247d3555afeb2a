import { expect, it } from 'vitest'
import { describeInBrowser, useDashboard } from '../support/dashboard.ts'
import type { Page } from '../support/documents.ts'

/** A network of which the API returns only a part, in a browser. */

const dashboard = useDashboard({ changesRecords: true, prepare: createTreaty })

/** The maximum number of edges in a response of the API. */
const maxEdges = 1000

async function createTreaty(): Promise<void> {
  const list = await dashboard.api.get('/v1/countries?limit=50&fields=code&sort=code')
  const codes = list.json<Page<{ code: string }>>().data.map(({ code }) => code)
  const parties = codes.map((country) => ({ country, role: 'party' }))
  await dashboard.createAgreement({ title: 'Between fifty countries', signedOn: '2005', parties })
}

describeInBrowser('the network around a country', () => {
  it('has a note if pairs of partners may be missing', async () => {
    const network = await dashboard.api.get(`/v1/network?resource=agreements&limit=${maxEdges}`)
    const { edges, total } = network.json<{ edges: unknown[]; total: { edges: number } }>()
    expect([edges.length, total.edges > maxEdges]).toEqual([maxEdges, true])
    const { page, pageErrors } = await dashboard.open('/network?resource=agreements&centre=AFG')
    expect(await page.locator('main').textContent()).toContain(
      `Pairs of partners may be missing: only the 1,000 pairs with the most records, of ${total.edges.toLocaleString('en')} in all`,
    )
    expect(pageErrors).toEqual([])
  })
})
