// @module-tag slow

import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Replicas } from '../../../src/database/replicas/replicas.ts'
import { openEmptyDatabase } from '../../support/database.ts'
import { freePort } from '../../support/ports.ts'
import { openProxy } from '../../support/proxy.ts'

it('each failed probe of a replica is reported until one report is logged, then not again soon', async () => {
  const url = `postgresql://127.0.0.1:${await freePort()}/none`
  const replicas = new Replicas(url, { urls: [url], maxAgeMs: 100 }, async () => {})
  const reasons: string[] = []
  replicas.observer = {
    // Returns whether the report is logged: only the third is.
    replicaUnreachable: (_replica, reason) => reasons.push(reason) > 2,
    replicaPromoted: () => {},
    replicaReachable: () => {},
  }
  try {
    const endsAt = performance.now() + 1500
    while (performance.now() < endsAt) {
      await replicas.all[0]?.probe()
      await delay(10)
    }
    expect(reasons).toHaveLength(3)
    expect(reasons[0]).toContain('ECONNREFUSED')
  } finally {
    await replicas.close()
  }
})

it('a replica URL of the primary is no failure, and is reported only after an outage', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  await pool.query('create table settings (name text primary key, value text)')
  const proxy = await openProxy(url)
  const replicas = new Replicas(url, { urls: [proxy.url], maxAgeMs: 100 }, async () => {})
  onTestFinished(async () => {
    await replicas.close()
    proxy.close()
    await close()
  })
  const events: string[] = []
  replicas.observer = {
    replicaUnreachable: () => events.push('unreachable') > 0,
    replicaPromoted: () => void events.push('primary'),
    replicaReachable: () => void events.push('reachable'),
  }
  const waitFor = (state: string) =>
    vi.waitFor(() => expect(replicas.all.map((replica) => replicas.getState(replica))).toEqual([state]), {
      timeout: 20_000,
    })
  replicas.start()
  await waitFor('primary')
  // On a busy machine, the first probe may time out, which is an outage.
  expect(['', 'unreachable,primary']).toContain(events.slice(-2).join())
  events.length = 0
  proxy.refuseConnections()
  await waitFor('away')
  proxy.acceptConnections()
  await waitFor('primary')
  // On a busy machine, a probe may time out, and report the replica once more.
  expect(events.slice(-2)).toEqual(['unreachable', 'primary'])
})
