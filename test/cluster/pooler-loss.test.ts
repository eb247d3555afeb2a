import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { audit, noFaults } from '../faults/audit.ts'
import { feedEnd, readFeed } from '../faults/feed.ts'
import { pgBouncerUnavailableReason } from '../support/pgbouncer.ts'
import { useOpened } from '../support/use-opened.ts'
import { openCluster } from './cluster.ts'
import { observe, pakistanList, startProbes, startWriters } from './load.ts'
import { clusterUnavailableReason } from './tools.ts'

/** One of two services loses its PgBouncer: it still reads from the replicas, but cannot write. */

const skipReason = clusterUnavailableReason() ?? pgBouncerUnavailableReason()

/** Within this time, HAProxy notices that a service has become read-only. */
const noticeMs = 3000

describe.skipIf(skipReason !== undefined)(
  `a service that has lost its PgBouncer${skipReason ? ` (not tested: ${skipReason})` : ''}`,
  () => {
    const cluster = useOpened(() => openCluster({}, { pooled: true }))

    it('gets no requests after 3 s, and gets them again when PgBouncer is back', async ({ task }) => {
      const { balancer, services, poolers } = cluster
      const [pooler] = poolers
      const [service] = services
      if (!pooler || !service) throw new Error('the cluster has no PgBouncer')
      const list = `${balancer.origin}${pakistanList}`
      const uncached = { headers: { 'cache-control': 'no-cache' } }
      const start = await feedEnd(balancer.origin)
      const load = startWriters(balancer.origin, 10, 100)
      const probes = startProbes(
        { list: () => observe('list', list), uncached: () => observe('uncached', list, uncached) },
        50,
      )
      await sleep(1000)

      await pooler.kill()
      await sleep(noticeMs)
      const failures = load.failures()
      const requests = await balancer.countRequests(service.host)
      const writes = load.countAcknowledged()
      await sleep(5000)
      expect(load.failures()).toEqual(failures)
      expect(await balancer.countRequests(service.host)).toBe(requests)
      const writesMeanwhile = load.countAcknowledged() - writes
      expect(writesMeanwhile).toBeGreaterThan(0)

      await pooler.start()
      await balancer.waitUntilUp(service.host)
      await expect.poll(() => balancer.countRequests(service.host)).toBeGreaterThan(requests + 10)
      const responses = await probes.stop()
      const acknowledged = await load.stop()
      task.meta.figures = {
        reads: responses.length,
        writes: acknowledged.length,
        'refused within 3 s': failures.unavailable + failures.disconnected,
        'writes by the other service': writesMeanwhile,
      }
      expect(responses.filter(({ status }) => status !== 200)).toEqual([])
      expect(load.failures()).toEqual(failures)
      expect(audit(acknowledged, await readFeed(balancer.origin, 'agreements', start))).toEqual(noFaults)
    })
  },
)
