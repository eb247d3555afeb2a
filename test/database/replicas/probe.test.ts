import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Replica } from '../../../src/database/replicas/replica.ts'
import { openEmptyDatabase } from '../../support/database.ts'

it('a server that is not a standby is probed less and less often', async () => {
  const database = await openEmptyDatabase()
  await database.pool.query('create table settings (name text, value text)')
  const reasons: string[] = []
  const replica = new Replica(database.url, 1, {
    onPosition: () => {},
    onUnreachable: (_replica, reason) => void reasons.push(reason),
  })
  try {
    const endsAt = performance.now() + 1000
    while (performance.now() < endsAt) {
      await replica.probe()
      await delay(5)
    }
    // The pauses are 50, 100, 200, 400 and 800 ms.
    expect(reasons.length).toBeLessThanOrEqual(5)
    expect(reasons.length).toBeGreaterThanOrEqual(3)
    expect(new Set(reasons)).toEqual(new Set(['it is not a standby']))
  } finally {
    await replica.close()
    await database.close()
  }
})
