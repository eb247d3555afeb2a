import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../../src/features/generating/generate.ts'
import { type Api, startTestApi } from '../support/api.ts'
import { addManyParties } from '../support/many-parties.ts'

/** A registry of 20,000 agreements, of which 600 have 50 to 190 parties: more than three million pairs of parties. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
  await generate(api.database, 20_000, 1)
  await addManyParties(api.pool, 600)
}, 300_000)
afterAll(() => api.close())

interface Edge {
  source: string
  target: string
  count: number
  resources: { agreements: number }
}

describe('GET /v1/network over agreements with many parties', () => {
  it('counts all pairs of countries, and the agreements of 1,000 pairs, like a self-join', async () => {
    const beganAt = performance.now()
    const response = await api.get('/v1/network?resource=agreements&limit=1000')
    const seconds = (performance.now() - beganAt) / 1000
    expect(response.status, response.text).toBe(200)
    const { edges, total } = response.json<{ edges: Edge[]; total: { edges: number } }>()
    const { rows } = await api.pool.query<{ source: string; target: string; count: number }>(
      `with participants as materialized (
         select distinct record, coalesce(participations.country, organizations.country) as country
         from participations left join organizations on organizations.id = organization where resource = 'agreements'
       )
       select one.country as source, other.country as target, count(*)::int as count
       from participants as one join participants as other using (record) where one.country < other.country collate "C" group by 1, 2`,
    )
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(3_000_000)
    expect(total.edges).toBe(rows.length)
    const expected = new Map(rows.map(({ source, target, count }) => [`${source} ${target}`, count]))
    expect(edges).toHaveLength(1000)
    for (const { source, target, count, resources } of edges) {
      expect(count, `${source} ${target}`).toBe(expected.get(`${source} ${target}`))
      expect(resources.agreements).toBe(count)
    }
    console.info(`the network of ${rows.length} pairs of countries took ${seconds.toFixed(1)} s`)
  }, 120_000)

  it('responds for organizations, regions, times and one country before statements time out', async () => {
    for (const path of [
      '/v1/network',
      '/v1/network?level=organization',
      '/v1/network?region=150',
      '/v1/network?from=1990&to=2020',
      '/v1/countries/CHN/network',
    ]) {
      const beganAt = performance.now()
      const response = await api.get(path)
      expect(response.status, response.text).toBe(200)
      console.info(`${path} took ${((performance.now() - beganAt) / 1000).toFixed(1)} s`)
    }
  }, 180_000)
})
