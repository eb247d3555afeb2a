import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, noFaults } from '../faults/audit.ts'
import { readFeed } from '../faults/feed.ts'
import { pgBouncerUnavailableReason } from '../support/pgbouncer.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { observe, pakistanList, startMirror, startProbes, startWriters } from './load.ts'
import { startPrometheus } from './prometheus.ts'
import { folder } from './removal.ts'
import { clusterUnavailableReason } from './tools.ts'

/**
 * Rolling restarts of the service, and alerts about failed servers. As in `deploy/`, the service reaches the primary through
 * PgBouncer in transaction mode, if it is installed, and Prometheus scrapes all servers.
 */

const noPgBouncer = pgBouncerUnavailableReason()

const lossAlerts = ['NoPrimary', 'PostgresDown', 'ServiceDown', 'ServiceNotReady']

describe.skipIf(clusterUnavailableReason())('a cluster with PgBouncer and Prometheus', () => {
  let cluster: Cluster
  beforeAll(async () => {
    // Longer than two checks by HAProxy, after which it notices the 503 of /readyz.
    cluster = await openCluster({ DRAIN_SECONDS: '3' }, { pooled: noPgBouncer === undefined })
  })
  afterAll(() => cluster?.close())

  it('fails no request during a rolling restart', async ({ task }) => {
    const { balancer, services } = cluster
    const mirror = await startMirror(balancer.origin)
    const load = startWriters(balancer.origin, 10, 100)
    const probes = startProbes({ list: () => observe('list', `${balancer.origin}${pakistanList}`) }, 10)
    for (let round = 0; round < 2; round += 1) {
      for (const service of services) {
        expect(await service.stop()).toBe(0)
        await service.start()
        await balancer.waitUntilUp(service.host)
      }
    }
    const observations = await probes.stop()
    const acknowledged = await load.stop()
    const feed = await readFeed(balancer.origin, 'agreements', mirror.start)
    const failed = observations.filter(({ status }) => status !== 200)
    const { disconnected, unavailable } = load.failures()
    task.meta.figures = {
      restarts: 2 * services.length,
      reads: observations.length,
      writes: acknowledged.length,
      failed: failed.length + disconnected + unavailable,
      PgBouncer: noPgBouncer ?? 'in front of the primary',
    }
    expect(failed).toEqual([])
    expect(load.failures()).toEqual({ disconnected: 0, unavailable: 0, replayed: 0 })
    expect(audit(acknowledged, feed)).toEqual(noFaults)
    expect(await mirror.stop()).toEqual(feed)
  })

  it('fires alerts for a lost primary and a lost service, until they are back', async ({ task }) => {
    const { postgres, services } = cluster
    await postgres.waitUntilHealthy()
    const prometheus = await startPrometheus(folder, cluster)
    // On a busy machine, other alerts may fire, such as that of a late event loop.
    const firing = async () => (await prometheus.firing()).filter((name) => lossAlerts.includes(name))
    const waitUntilFiring = async (names: string[]) => {
      const startedAt = Date.now()
      await expect.poll(firing, { timeout: 90_000 }).toEqual(names)
      return Date.now() - startedAt
    }
    const states = async () => Object.values(await prometheus.targets())
    await expect.poll(states, { timeout: 60_000 }).toEqual(Array.from({ length: 7 }, () => 'up'))
    await waitUntilFiring([])

    const primary = await postgres.primary()
    await primary.host.kill()
    const primaryMs = await waitUntilFiring(expect.arrayContaining(['NoPrimary', 'PostgresDown']))
    await primary.start()
    await postgres.waitUntilHealthy(90_000)
    await waitUntilFiring([])

    const [, service] = services
    await service?.kill()
    const serviceMs = await waitUntilFiring(['ServiceDown', 'ServiceNotReady'])
    await service?.start()
    await waitUntilFiring([])
    task.meta.figures = {
      'alerts of the primary after ms': primaryMs,
      'of the service after ms': serviceMs,
    }
  })
})
