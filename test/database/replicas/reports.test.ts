import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Replicas } from '../../../src/database/replicas/replicas.ts'
import { freePort } from '../../support/ports.ts'

it('an unreachable replica is reported until a report is logged, and then once a minute', async () => {
  const url = `postgresql://127.0.0.1:${await freePort()}/none`
  const replicas = new Replicas(url, { urls: [url], maxAgeMs: 100 }, async () => {})
  const reasons: string[] = []
  replicas.observer = {
    replicaUnavailable: (_replica, reason) => reasons.push(reason) > 2,
    replicaAvailable: () => {},
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
