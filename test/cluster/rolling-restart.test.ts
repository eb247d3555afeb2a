import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit, flawless } from '../faults/audit.ts'
import { readFeed } from '../faults/feed.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { observe, pakistanQuestion, startMirror, startProbes, startWriters } from './load.ts'
import { clusterMissing } from './tools.ts'

/** Both processes of the service are stopped and started again, one after the other. */

describe.skipIf(clusterMissing())('a rolling restart behind HAProxy', () => {
  let cluster: Cluster
  beforeAll(async () => {
    // HAProxy notices the 503 of /readyz within two seconds.
    cluster = await openCluster({ DRAIN_SECONDS: '3' })
  })
  afterAll(() => cluster?.close())

  it('fails no request', async ({ task }) => {
    const { balancer, services } = cluster
    const mirror = await startMirror(balancer.origin)
    const load = startWriters(balancer.origin, 10, 100)
    const probes = startProbes({ list: () => observe('list', `${balancer.origin}${pakistanQuestion}`) }, 10)
    for (let round = 0; round < 2; round += 1) {
      for (const service of services) {
        expect(await service.stop()).toBe(0)
        await service.start()
        await balancer.untilUp(service.host)
      }
    }
    const observations = await probes.stop()
    const acknowledged = await load.stop()
    const feed = await readFeed(balancer.origin, 'agreements', mirror.start)
    const failed = observations.filter(({ status }) => status !== 200)
    const { cut, unavailable } = load.trouble()
    task.meta.figures = {
      restarts: 2 * services.length,
      reads: observations.length,
      writes: acknowledged.length,
      failed: failed.length + cut + unavailable,
    }
    expect(failed).toEqual([])
    expect(load.trouble()).toEqual({ cut: 0, unavailable: 0, replayed: 0 })
    expect(audit(acknowledged, feed)).toEqual(flawless)
    expect(await mirror.stop()).toEqual(feed)
  })
})
