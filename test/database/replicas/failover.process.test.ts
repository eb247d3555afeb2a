import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type Database, Freshness, openDatabaseAt } from '../../../src/database/database.ts'
import type { Position } from '../../../src/database/replicas/position.ts'
import { generousOptions } from '../../support/database-options.ts'
import { openProxy } from '../../support/proxy.ts'
import { openReplicatedServers, type PostgresServer } from '../../support/replicated.ts'

const tables = `create table settings (name text primary key, value text not null);
  create table numbers (number int primary key)`

async function openServers(): Promise<{ old: PostgresServer; next: PostgresServer; other: PostgresServer }> {
  const { primary: old, standbys, close } = await openReplicatedServers(2)
  onTestFinished(close)
  const [next, other] = standbys
  if (!next || !other) throw new Error('expected two standbys')
  await old.run(tables)
  await waitForTables(next)
  await waitForTables(other)
  return { old, next, other }
}

/** Waits until a standby has replayed the creation of the tables. */
const waitForTables = (standby: PostgresServer) =>
  vi.waitFor(() => standby.run('select from numbers'), { timeout: 10_000, interval: 20 })

function open(primary: { url: string }, ...replicas: PostgresServer[]): Database {
  const database = openDatabaseAt(primary.url, {
    ...generousOptions,
    replicas: { urls: replicas.map(({ url }) => url), maxAgeMs: 100 },
  })
  onTestFinished(() => database.close())
  database.replicas?.start()
  return database
}

async function write(database: Database, number: number): Promise<Position | undefined> {
  let found: Position | undefined
  const writing = database.forWork({
    owner: ['test'],
    onCommit: (position) => {
      found = position
    },
  })
  await writing.transaction((tx) => tx.query({ text: 'insert into numbers values ($1)', values: [number] }))
  return found
}

async function read(database: Database, position: Position | undefined): Promise<number[]> {
  const work = { owner: ['test'], freshness: new Freshness({ position, maxAgeMs: 100 }) }
  const rows = await database.forWork(work).read<{ number: number }>({ text: 'select number from numbers' })
  return rows.map(({ number }) => number)
}

it('no read runs on a standby of the old primary after a failover', {
  timeout: 60_000,
}, async () => {
  const { old, next, other } = await openServers()
  await next.promote()
  // The old primary continues to run, and its standby has more of the log than the new primary.
  await old.run('insert into numbers select generate_series(1, 10000)')
  const database = open(next, other)
  for (let count = 1; count <= 50; count += 1) {
    const position = await write(database, -count)
    expect(await read(database, position)).toHaveLength(count)
    expect(await read(database, undefined)).toHaveLength(count)
    await sleep(10)
  }
  expect(database.replicas?.reads.replica).toBe(0)
})

it('reads run on a standby again once it follows the new primary', { timeout: 60_000 }, async () => {
  const { old, next, other } = await openServers()
  const earlierDatabase = open(old, other)
  const position = await write(earlierDatabase, 1)
  await vi.waitFor(() => expectOneNumber(next), { timeout: 5000 })
  await old.stop()
  await next.promote()
  await other.follow(next)
  const database = open(next, other)
  await vi.waitFor(
    async () => {
      // A position of the old primary may be sent, too: the new timeline continues after it.
      expect(await read(database, position)).toContain(1)
      expect(database.replicas?.reads.replica).toBeGreaterThan(0)
    },
    { timeout: 20_000, interval: 20 },
  )
  const later = await write(database, 2)
  expect(later?.timeline).toBe((position?.timeline ?? 0) + 1)
  expect(await read(database, later)).toEqual([1, 2])
})

const expectOneNumber = async (standby: PostgresServer) =>
  expect(await standby.run('select from numbers')).toHaveLength(1)

it('with the new primary lost, no read runs on a standby of the old one with lost changes', {
  timeout: 60_000,
}, async () => {
  const { old, next, other } = await openServers()
  const proxy = await openProxy(old.url)
  onTestFinished(() => proxy.close())
  const database = open(proxy, other)
  await vi.waitFor(
    async () => {
      await read(database, undefined)
      expect(database.replicas?.reads.replica).toBeGreaterThan(0)
    },
    { timeout: 10_000, interval: 20 },
  )
  await next.promote()
  // The standby of the old primary replays a change that the new primary never receives.
  await old.run('insert into numbers values (-1)')
  await vi.waitFor(() => expectOneNumber(other), { timeout: 5000 })
  proxy.forwardTo(next.url)
  let number = 0
  await vi.waitFor(
    async () => {
      number += 1
      expect(await read(database, await write(database, number))).not.toContain(-1)
    },
    { timeout: 10_000 },
  )
  // The service stores the timeline when it has seen the new primary.
  const storedTimeline = () => next.run("select from settings where name = 'timeline' and value = '00000002'")
  await expect.poll(storedTimeline, { timeout: 10_000 }).toHaveLength(1)
  proxy.refuseConnections()
  for (let count = 1; count <= 20; count += 1) {
    await expect(read(database, undefined)).rejects.toThrow()
    await sleep(100)
  }
})

it('with the primary lost, reads run on its standby, whatever another cluster has as timeline', {
  timeout: 60_000,
}, async () => {
  const { old, other } = await openServers()
  const { old: foreignPrimary, next: foreign } = await openServers()
  await foreignPrimary.run("insert into settings values ('timeline', '00000009')")
  const proxy = await openProxy(old.url)
  onTestFinished(() => proxy.close())
  const database = open(proxy, other, foreign)
  const timelines = () => database.replicas?.all.map(({ timeline }) => timeline)
  await expect
    .poll(async () => [await read(database, undefined), timelines()], { timeout: 10_000 })
    .toEqual([[], [1, 9]])
  proxy.refuseConnections()
  for (let count = 1; count <= 10; count += 1) {
    expect(await read(database, undefined)).toEqual([])
    await sleep(100)
  }
})
