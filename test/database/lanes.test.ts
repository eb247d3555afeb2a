// @module-tag slow

import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabaseAt } from '../../src/database/database.ts'
import { groupingSettings, wholeTableSettings } from '../../src/database/reading-settings.ts'
import { anonymousOwner } from '../support/anonymous-owner.ts'
import { openTestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { useOpened } from '../support/use-opened.ts'

/** Sharing of connections among owners, and cancellation of statements. */

const testDatabase = useOpened(openTestDatabase)

/** Returns a statement that takes this time, and returns the time as text. */
const pgSleep = (seconds: number) => ({ text: 'select pg_sleep($1), $1::text as seconds', values: [seconds] })

describe('with four connections, of which one may run expensive statements', () => {
  let database: Database
  beforeAll(() => {
    database = openDatabaseAt(testDatabase.url, { ...generousOptions, maxConnections: 4, maxExpensive: 1 })
  })
  afterAll(() => database.close())

  const ofClient = (name: string) => database.forWork({ owner: anonymousOwner(name) })

  it('a statement that turns out to be expensive continues, or waits and runs again', async () => {
    const reads = ['a', 'b', 'c'].map((name) =>
      ofClient(name).read<{ seconds: string }>({ ...pgSleep(0.7), name: `turns-out-${name}` }),
    )
    await expect.poll(() => database.laneCounts('expensive')).toEqual({ running: 1, waiting: 2 })
    expect(database.laneCounts('cheap').running).toBe(0)
    for (const rows of await Promise.all(reads)) expect(rows[0]?.seconds).toBe('0.7')
    expect(database.laneCounts('expensive')).toEqual({ running: 0, waiting: 0 })
  })

  it('a new statement counts as expensive if another new statement of its client was expensive', async () => {
    const read = (client: string, name: string, seconds: number) =>
      ofClient(client).read({ ...pgSleep(seconds), name })
    await read('new', 'new-1', 0.4)
    const others = [read('new', 'new-2', 0.1), read('old', 'new-3', 0.1)]
    await expect.poll(() => database.laneCounts('expensive').running).toBe(1)
    expect(database.laneCounts('cheap').running).toBe(1)
    await Promise.all(others)
    const known = read('new', 'new-3', 0.1)
    await expect.poll(() => database.laneCounts('cheap').running).toBe(1)
    await known
  })

  it('of several equal new statements, one runs until it is measured, and the others wait', async () => {
    const read = (seconds: number, name: string) =>
      Promise.all(['d', 'e', 'f'].map((client) => ofClient(client).read({ ...pgSleep(seconds), name })))
    const cheap = read(0.1, 'first-cheap')
    expect(database.laneCounts('cheap')).toEqual({ running: 1, waiting: 0 })
    // The two others run for only 100 ms.
    await expect.poll(() => database.laneCounts('cheap').running, { interval: 5 }).toBe(2)
    await cheap
    expect(database.laneCounts('expensive').running).toBe(0)
    const expensive = read(0.7, 'first-expensive')
    await expect.poll(() => database.laneCounts('expensive')).toEqual({ running: 1, waiting: 2 })
    expect(database.laneCounts('cheap').running).toBe(0)
    await expensive
  })

  it('a statement that waits for an equal one to be measured does not run if its client has left', async () => {
    const controller = new AbortController()
    const work = { owner: ['authenticated', 'gone'], getSignal: () => controller.signal }
    const statement = { ...pgSleep(0.1), name: 'first-abandoned' }
    const first = ofClient('g').read(statement)
    const outcome = expect(database.forWork(work).read(statement)).rejects.toThrow('nobody waits')
    controller.abort(new Error('nobody waits'))
    await outcome
    await first
  })

  it('a new read with the settings for whole tables counts as expensive until it is measured', async () => {
    const read = () =>
      ofClient('tx').readTransaction(wholeTableSettings, (tx) => tx.query({ ...pgSleep(0.1), name: 'whole' }))
    const first = read()
    await expect.poll(() => database.laneCounts('expensive').running).toBe(1)
    await first
    const second = read()
    await expect.poll(() => database.laneCounts('cheap').running).toBe(1)
    await second
  })

  it('a statement that was expensive counts as expensive until it is cheap again', async () => {
    const statement = (seconds: number) => ({ ...pgSleep(seconds), name: 'known' })
    await ofClient('a').read(statement(0.4))
    const again = ofClient('a').read(statement(0))
    expect(database.laneCounts('expensive').running).toBe(1)
    await again
    const cheap = ofClient('a').read(statement(0))
    expect(database.laneCounts('cheap').running).toBe(1)
    await cheap
  })

  it('a transaction of reads that turns out to be expensive continues, or runs again as a whole', async () => {
    const setup = "set local entente.as_of = '2020-01-01'"
    const time = { text: "select current_setting('entente.as_of') as time" }
    const read = (name: string) =>
      ofClient(name).readTransaction(setup, async (tx) => {
        const [row] = await tx.query<{ time: string }>(time)
        await tx.query(pgSleep(0.4))
        return row?.time
      })
    expect(await Promise.all(['a', 'b', 'c'].map(read))).toEqual(Array(3).fill('2020-01-01'))
    expect(await database.read(time)).toEqual([{ time: '' }])
  })

  it('a transaction of reads whose setup was expensive counts as expensive', async () => {
    const read = (setup: string) =>
      ofClient('setup').readTransaction(setup, (tx) => tx.query({ ...pgSleep(0.1), name: 'after-setup' }))
    await read('select pg_sleep(0.3)')
    const again = read('select 1')
    await expect.poll(() => database.laneCounts('expensive').running).toBe(1)
    await again
  })

  it('an expensive statement is cancelled when no client waits for it any more', async () => {
    const controller = new AbortController()
    const work = { owner: ['authenticated', 'k'], getSignal: () => controller.signal }
    const read = database.forWork(work).read(pgSleep(30))
    const outcome = expect(read).rejects.toThrow('nobody waits')
    await expect.poll(() => database.laneCounts('expensive').running).toBe(1)
    controller.abort(new Error('nobody waits'))
    await outcome
    const running =
      "select from pg_stat_activity where state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()"
    expect((await testDatabase.pool.query(`${running} and datname = current_database()`)).rowCount).toBe(0)
  })

  it('a client that abandons an expensive statement must wait if another client is active', async () => {
    const read = (seconds: number, signal?: AbortSignal) =>
      database
        .forWork({ owner: anonymousOwner('leaver'), ...(signal && { getSignal: () => signal }) })
        .read({ ...pgSleep(seconds), name: 'abandoned' })
    const beActive = () => ofClient('active').read({ text: 'select 1', name: 'be-active' })
    await read(0.4)
    const measure = async () => {
      const leaving = new AbortController()
      const abandoned = read(5, leaving.signal)
      await expect.poll(() => database.laneCounts('expensive').running).toBe(1)
      leaving.abort(new Error('the client left'))
      await expect(abandoned).rejects.toThrow('the client left')
      const startedAt = performance.now()
      await read(0)
      return performance.now() - startedAt
    }
    await delay(1100)
    expect(await measure()).toBeLessThan(200)
    await beActive()
    expect(await measure()).toBeGreaterThan(200)
  })

  it('a transaction that writes continues when its client leaves, even if it is expensive', async () => {
    const controller = new AbortController()
    const work = { owner: ['authenticated', 'k'], getSignal: () => controller.signal }
    const writing = database.forWork(work).transaction(async (tx) => {
      controller.abort()
      return tx.query<{ seconds: string }>(pgSleep(0.4))
    })
    expect((await writing)[0]?.seconds).toBe('0.4')
  })
})

it('a cancel never reaches the next statement on the same connection', async () => {
  const database = openDatabaseAt(testDatabase.url, { ...generousOptions, maxConnections: 2 })
  try {
    const random = (max: number) => Math.random() * max
    const aborted = async () => {
      const controller = new AbortController()
      const read = database.read(pgSleep(random(0.01)), { signal: controller.signal })
      const outcome = read.then(
        () => 'ended',
        () => 'cancelled',
      )
      await delay(random(10))
      controller.abort()
      return outcome
    }
    const outcomes: string[] = []
    const disturb = async () => {
      for (let count = 0; count < 150; count += 1) outcomes.push(await aborted())
    }
    const work = async () => {
      for (let count = 0; count < 150; count += 1) {
        const rows = await database.read<{ seconds: string }>(pgSleep(random(0.01)))
        expect(rows).toHaveLength(1)
      }
    }
    await Promise.all([disturb(), work(), disturb(), work()])
    // The cancel must come too late for some statements, and in time for others.
    expect(new Set(outcomes)).toEqual(new Set(['ended', 'cancelled']))
  } finally {
    await database.close()
  }
}, 60_000)

it('a read that groups tables has parallel workers only while it does not share the processors', async () => {
  const database = openDatabaseAt(testDatabase.url, {
    ...generousOptions,
    maxConnections: 8,
    maxExpensive: 2,
  })
  const readWorkers = async (name: string, seconds: number) => {
    const text = `select current_setting('max_parallel_workers_per_gather') as workers, pg_sleep(${seconds})`
    const [row] = await database
      .forWork({ owner: anonymousOwner(name) })
      .readTransaction(`${wholeTableSettings}; ${groupingSettings}`, (tx) =>
        tx.query<{ workers: string }>({ text, name }),
      )
    return row?.workers
  }
  try {
    expect(await readWorkers('alone', 0)).toBe('2')
    const other = database.forWork({ owner: anonymousOwner('other') })
    let round = 0
    const readBesideAnother = async () => {
      await other.read({ text: 'select 1', name: 'cheap' })
      round += 1
      return readWorkers(`beside-another-client-${round}`, 0)
    }
    // On a busy machine, the second read may begin more than a second after the first one, which then no longer counts.
    await expect.poll(readBesideAnother).toBe('0')
    await delay(1100)
    expect(await readWorkers('alone-again', 0)).toBe('2')
    expect((await Promise.all([readWorkers('first', 0.2), readWorkers('second', 0.2)])).at(-1)).toBe('0')
    expect(await readWorkers('alone-at-last', 0)).toBe('2')
    // One of the three reads must wait, so the processors count as contended for ten seconds.
    await Promise.all(['a', 'b', 'c'].map((name) => readWorkers(name, 0.2)))
    expect(await readWorkers('soon-after', 0)).toBe('0')
  } finally {
    await database.close()
  }
})
