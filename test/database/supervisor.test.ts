import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { Supervisor } from '../../src/database/embedded/supervisor.ts'

it('a server that ends again and again is started less and less often', async () => {
  const lostLock = { client: new pg.Client(), lost: Promise.resolve() }
  let starts = 0
  const supervisor = new Supervisor(lostLock, async () => {
    starts += 1
    await setImmediate()
    return lostLock
  })
  await sleep(1000)
  await supervisor.stop()
  // The pauses before the starts are 0, 100, 200, 400 and 800 ms. The fifth start happens only if the machine is slow.
  expect(starts).toBeLessThanOrEqual(5)
  expect(starts).toBeGreaterThanOrEqual(1)
})
