import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { audit, noFaults, readRecords, replayFeed } from '../faults/audit.ts'
import { readFeed } from '../faults/feed.ts'
import { asAdministrator } from '../faults/service.ts'
import { useOpened } from '../support/use-opened.ts'
import { openCluster } from './cluster.ts'
import { observe, pakistanList, startMirror, startProbes, startWriters } from './load.ts'
import type { Member } from './patroni.ts'
import { clusterUnavailableReason } from './tools.ts'

/** The primary is killed, and Patroni promotes the synchronous standby. */

const writerCount = 50

/** How each primary is killed. Patroni replaces a crashed server at once, but a lost machine only after `ttl`. */
const kills = ['crash', 'crash', 'loss', 'crash', 'crash', 'loss', 'crash', 'crash', 'loss', 'crash'] as const

describe.skipIf(clusterUnavailableReason())('a cluster whose primary is killed', () => {
  const cluster = useOpened(openCluster)

  const kill = (primary: Member, failure: 'crash' | 'loss') =>
    failure === 'crash' ? primary.killPostgres() : primary.host.kill()

  /** Sends writes until one succeeds. Returns the milliseconds from the call to the response. */
  async function msUntilWritable(): Promise<number> {
    const start = Date.now()
    for (;;) {
      const body = JSON.stringify({ name: crypto.randomUUID(), kind: 'multilateral' })
      const init = { method: 'POST', headers: asAdministrator, body }
      const { status, at, durationMs } = await observe(
        'write',
        `${cluster.balancer.origin}/v1/organizations`,
        init,
      )
      if (status === 201) return at + durationMs - start
      if (status >= 400 && status < 500) throw new Error(`the status of a write was ${status}`)
      await sleep(50)
    }
  }

  it('answers reads without interruption', async ({ task }) => {
    const { postgres, balancer } = cluster
    const url = `${balancer.origin}${pakistanList}`
    const uncached = { headers: { 'cache-control': 'no-cache' } }
    await postgres.waitUntilHealthy()
    const probes = startProbes(
      { list: () => observe('list', url), uncached: () => observe('uncached', url, uncached) },
      100,
    )
    await sleep(1000)
    const primary = await postgres.primary()
    await primary.host.kill()
    const outageMs = await msUntilWritable()
    await primary.start()
    const responses = await probes.stop()
    const failed = responses.filter(({ status }) => status !== 200)
    task.meta.figures = {
      responses: responses.length,
      failed: failed.length,
      'slowest in ms': Math.round(Math.max(...responses.map(({ durationMs }) => durationMs))),
      'outage of writes in ms': Math.round(outageMs),
    }
    const body = await (await fetch(url)).json()
    expect(body).toMatchObject({ data: [{ signedOn: '2011-04' }] })
    expect(failed).toEqual([])
  })

  it('neither loses nor repeats acknowledged writes, and accepts writes again within 40 s', async ({
    task,
  }) => {
    const { postgres, balancer, services } = cluster
    const mirror = await startMirror(balancer.origin)
    const load = startWriters(balancer.origin, writerCount, 250)
    const outagesMs: number[] = []
    for (const failure of kills) {
      await postgres.waitUntilHealthy()
      await sleep(1000)
      const primary = await postgres.primary()
      await kill(primary, failure)
      outagesMs.push(await msUntilWritable())
      if (failure === 'loss') await primary.start()
    }
    await postgres.waitUntilHealthy()
    const acknowledged = await load.stop()
    const mirrored = await mirror.stop()
    const [first, second] = services
    const feed = await readFeed(first?.origin ?? '', 'agreements', mirror.start)
    task.meta.figures = {
      kills: kills.length,
      'acknowledged writes': acknowledged.length,
      'longest outage of writes in ms': Math.round(Math.max(...outagesMs)),
      ...load.failures(),
    }
    expect(audit(acknowledged, feed)).toEqual(noFaults)
    expect(mirrored).toEqual(feed)
    expect(await readRecords(second?.origin ?? '')).toEqual(replayFeed(feed))
    expect(Math.max(...outagesMs)).toBeLessThan(40_000)
  })
})
