// @module-tag slow

import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, it } from 'vitest'
import { Supervisor } from '../../src/database/embedded/supervisor.ts'

/** Returns how often a supervisor joins a server again within a second, if the server always ends immediately. */
async function countRejoins(isReady: boolean): Promise<number> {
  const lostLock = { client: new pg.Client(), lost: Promise.resolve() }
  let rejoins = 0
  const rejoin = async () => {
    rejoins += 1
    await setImmediate()
    return lostLock
  }
  const supervisor = new Supervisor(lostLock, rejoin, async () => isReady)
  await sleep(1000)
  await supervisor.stop()
  return rejoins
}

it('a server that ends again and again is started less and less often', async () => {
  const starts = await countRejoins(false)
  // The pauses before the starts are 0, 100, 200, 400 and 800 ms. The fifth start happens only if the machine is slow.
  expect(starts).toBeLessThanOrEqual(5)
  expect(starts).toBeGreaterThanOrEqual(1)
})

it('a server that runs on after crashes of its processes is joined again without long pauses', async () => {
  // The pauses are 0 and then 100 ms, on a machine that is not slow.
  const rejoins = await countRejoins(true)
  expect(rejoins).toBeGreaterThanOrEqual(6)
  expect(rejoins).toBeLessThanOrEqual(11)
})
