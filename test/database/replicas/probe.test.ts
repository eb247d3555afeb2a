// @module-tag slow

import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { Replica } from '../../../src/database/replicas/replica.ts'
import { Replicas } from '../../../src/database/replicas/replicas.ts'
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

it.each([
  ['postgresql://reader@standby-1/entente', 'standby-1:5432'],
  ['postgresql:///entente?host=standby-1&port=5433', 'standby-1:5433'],
])('the log names the replica %s by its host and port', (url, address) => {
  const replica = new Replica(url, 1, { onPosition: () => {}, onUnreachable: () => {} })
  expect(replica.address).toBe(address)
})

it('probes do not store the timeline of the primary again while a statement stores it', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  await pool.query('create table settings (name text, value text)')
  const stores: { fail: () => void }[] = []
  const replicas = new Replicas(
    url,
    { urls: [], maxAgeMs: 20 },
    () => new Promise<void>((_, fail) => stores.push({ fail: () => fail(new Error('not stored')) })),
  )
  onTestFinished(async () => {
    await replicas.close()
    await close()
  })
  replicas.start()
  // Reads shorten the interval of the probes.
  const read = () => replicas.choose({ position: undefined, maxAgeMs: 20 }, () => 0)
  await expect.poll(() => [read(), stores.length].at(-1)).toBe(1)
  for (let times = 0; times < 20; times += 1) {
    await read()
    await delay(20)
  }
  expect(stores).toHaveLength(1)
  stores[0]?.fail()
  await expect.poll(() => [read(), stores.length].at(-1)).toBe(2)
})

it('servers are probed every second even if reads may be a minute old', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  await pool.query('create table settings (name text, value text)')
  let probes = 0
  // A probe of the primary stores its timeline again after an attempt that failed.
  const replicas = new Replicas(url, { urls: [], maxAgeMs: 60_000 }, async () => {
    probes += 1
    throw new Error('not stored')
  })
  onTestFinished(async () => {
    await replicas.close()
    await close()
  })
  replicas.start()
  const read = () => replicas.choose({ position: undefined, maxAgeMs: 60_000 }, () => 0)
  await expect.poll(() => [read(), probes].at(-1), { timeout: 8_000 }).toBeGreaterThanOrEqual(3)
})
