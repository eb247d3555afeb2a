import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../support/with-client.ts'
import { canLimitProcessors, limitProcessor } from './cgroups.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { retryAfterMs } from './load.ts'
import { clusterUnavailableReason } from './tools.ts'

/** Read throughput with and without replicas, where PostgreSQL is the bottleneck. */

/**
 * Marks all rows as visible to every transaction, as autovacuum does in time. Without the marks, each read looks up whether
 * the transactions of the rows were committed. A primary stores the result in the rows, and a standby cannot.
 */
const vacuum = (url: string) => withClient(url, (client) => client.query('vacuum (freeze, analyze)'))

/** The number of processors that each PostgreSQL server may use. */
const cores = 0.3
const clients = 24

/** Few clients at first: each process runs fewer statements at a time until it has measured their cost. */
const firstClients = 4
const durationMs = 10_000

/** Expensive for PostgreSQL, so that the services are not the bottleneck, with a small response. */
const path =
  '/v1/agreements/aggregate?groupBy=country,organization,topic&measures=count,countDistinct:subregion&limit=1'

describe.skipIf(clusterUnavailableReason() || !canLimitProcessors)('read throughput on three servers', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await openCluster({
      CACHE_MB: '0',
      MAX_EXPENSIVE: '8',
      READ_MAX_STALENESS_MS: '1000',
      // With a third of a slow processor, PostgreSQL takes longer to open connections than the service waits by default.
      POOL_WAIT_SECONDS: '30',
    })
    await vacuum(cluster.balancer.databaseUrl)
    for (const { host } of cluster.postgres.members) await limitProcessor(host, cores)
  })
  afterAll(() => cluster?.close())

  const refusals: string[] = []

  /**
   * Requests per second of clients that send the next request as soon as they have a response. On a slow machine, the service
   * or the balancer may refuse some with 503: their clients wait for as long as `Retry-After` says.
   */
  async function measure(count = clients): Promise<number> {
    let responses = 0
    const endsAt = Date.now() + durationMs
    const read = async () => {
      while (Date.now() < endsAt) {
        const response = await fetch(`${cluster.balancer.origin}${path}`)
        const body = await response.text()
        if (response.status === 503) {
          refusals.push(body.replaceAll(/\s+/g, ' '))
          await setTimeout(retryAfterMs(response))
          continue
        }
        expect(response.status, body).toBe(200)
        if (Date.now() < endsAt) responses += 1
      }
    }
    await Promise.all(Array.from({ length: count }, read))
    return (responses * 1000) / durationMs
  }

  /** The best of three measurements: opening connections in the first, and other work on the machine, only lower them. */
  const measureBest = async () => Math.max(await measure(), await measure(), await measure())

  it('is at least 1.8 times as high with two replicas as with none', async ({ task }) => {
    await measure(firstClients)
    const withReplicas = await measureBest()
    for (const service of cluster.services) {
      await service.restart({ READ_DATABASE_URLS: undefined })
      await cluster.balancer.waitUntilUp(service.host)
    }
    await measure(firstClients)
    const without = await measureBest()
    task.meta.figures = {
      'requests per second with replicas': Math.round(withReplicas),
      'requests per second without': Math.round(without),
      ratio: Number((withReplicas / without).toFixed(2)),
      refused: refusals.length,
      'last refusal': refusals.at(-1) ?? 'none',
    }
    expect(without).toBeGreaterThan(0)
    expect(withReplicas / without).toBeGreaterThanOrEqual(1.8)
  })
})
