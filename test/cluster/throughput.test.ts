import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canLimitProcessors, limitProcessor } from './cgroups.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { clusterMissing } from './tools.ts'

/** Reads with and without replicas, where PostgreSQL is what takes the time. */

const cores = 0.3
const clients = 24

/** So few that one service takes them all while it does not know what the question costs. */
const firstClients = 4
const durationMs = 10_000

/** Much work for PostgreSQL, so that the services are not what limits it, and a small answer. */
const path =
  '/v1/agreements/aggregate?groupBy=country,organization,topic&measures=count,countDistinct:subregion&limit=1'

describe.skipIf(clusterMissing() || !canLimitProcessors)('reads on three servers', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await openCluster({ CACHE_MB: '0', MAX_EXPENSIVE: '8', READ_MAX_STALENESS_MS: '1000' })
    for (const { host } of cluster.postgres.members) await limitProcessor(host, cores)
  })
  afterAll(() => cluster?.close())

  /** Answers in a second, from clients that ask again as soon as they have an answer. */
  async function measure(count = clients): Promise<number> {
    let answers = 0
    const endsAt = Date.now() + durationMs
    const read = async () => {
      while (Date.now() < endsAt) {
        const response = await fetch(`${cluster.balancer.origin}${path}`)
        await response.arrayBuffer()
        expect(response.status).toBe(200)
        answers += 1
      }
    }
    await Promise.all(Array.from({ length: count }, read))
    return (answers * 1000) / durationMs
  }

  it('are at least 1.8 times as many with two replicas as with none', async ({ task }) => {
    await measure(firstClients)
    const withReplicas = await measure()
    for (const service of cluster.services) {
      await service.restart({ READ_DATABASE_URLS: undefined })
      await cluster.balancer.untilUp(service.host)
    }
    await measure(firstClients)
    const without = await measure()
    task.meta.figures = {
      'a second with replicas': Math.round(withReplicas),
      'a second without': Math.round(without),
      ratio: Number((withReplicas / without).toFixed(2)),
    }
    expect(withReplicas / without).toBeGreaterThanOrEqual(1.8)
  })
})
