import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { type Database, Freshness, openDatabaseAt } from '../../../src/database/database.ts'
import type { Position } from '../../../src/database/replicas/position.ts'
import { generousOptions } from '../../support/database-options.ts'
import { freePort } from '../../support/ports.ts'
import { openReplicatedServers, type ReplicatedServers } from '../../support/replicated.ts'

const maxAgeMs = 100

let servers: ReplicatedServers
let database: Database

beforeAll(async () => {
  servers = await openReplicatedServers(2)
  await servers.primary.run(`create table settings (name text primary key, value text not null);
    create table records (); create table numbers (number int primary key)`)
  database = open(servers.standbys.map(({ url }) => url))
}, 60_000)

afterAll(async () => {
  await database.close()
  await servers.close()
})

function open(urls: string[]): Database {
  const opened = openDatabaseAt(servers.primary.url, { ...generousOptions, replicas: { urls, maxAgeMs } })
  opened.replicas?.start()
  return opened
}

interface ReadResult {
  isStandby: boolean
  port: number
  numbers: number
}

const text = `select pg_is_in_recovery() as "isStandby", inet_server_port() as port,
  (select count(*)::int from numbers) as numbers`

/** Reads data that includes the given position and is not older than the maximum age. */
async function read(position?: Position, target = database): Promise<ReadResult> {
  const work = { owner: ['test'], freshness: new Freshness({ position, maxAgeMs }) }
  const [row] = await target.forWork(work).read<ReadResult & { [column: string]: unknown }>({ text })
  if (!row) throw new Error('the read returned no row')
  return row
}

/** Inserts a number, and returns the position of the commit. */
async function write(target = database): Promise<Position> {
  const positions: Position[] = []
  const writing = target.forWork({ owner: ['test'], onCommit: (position) => positions.push(position) })
  await writing.transaction((tx) =>
    tx.query({ text: 'insert into numbers select count(*) + 1 from numbers' }),
  )
  const [position] = positions
  if (!position) throw new Error('the commit has no position')
  return position
}

const portOf = (index: number) => Number(new URL(servers.standbys[index]?.url ?? '').port)

/** Waits until reads run on the standbys with these indexes. */
const waitForReadsOn = (...indexes: number[]) =>
  vi.waitFor(
    async () => {
      const ports = new Set<number>()
      for (let reads = 0; reads < 20; reads += 1) ports.add((await read()).port)
      const wanted = indexes.map(portOf)
      if (!wanted.every((port) => ports.has(port)))
        throw new Error(`reads run on the ports ${[...ports].join()}, and not yet on all of ${wanted.join()}`)
    },
    { timeout: 10_000, interval: 20 },
  )

/** Runs a function during repeated reads, and returns the duration of the longest read in milliseconds. */
async function longestReadMs(work: () => Promise<unknown>): Promise<number> {
  let isDone = false
  let longestMs = 0
  const readers = Array.from({ length: 4 }, async () => {
    while (!isDone) {
      const startedAt = performance.now()
      await read()
      longestMs = Math.max(longestMs, performance.now() - startedAt)
      await sleep(1)
    }
  })
  try {
    await work()
  } finally {
    isDone = true
    await Promise.all(readers)
  }
  return longestMs
}

it('reads with a maximum age run on a standby, and all others on the primary', async () => {
  await waitForReadsOn(0)
  const [row] = await database.read<{ found: boolean }>({ text: 'select pg_is_in_recovery() as found' })
  expect(row?.found).toBe(false)
})

it('a read on any server sees every commit up to its position', async () => {
  await waitForReadsOn(0)
  const { numbers } = await read(await write())
  for (let count = 1; count <= 100; count += 1)
    expect((await read(await write())).numbers).toBe(numbers + count)
})

it('a read runs on a standby that has replayed its position while another standby is behind', async () => {
  const [behind] = servers.standbys
  await waitForReadsOn(0, 1)
  await behind?.run('select pg_wal_replay_pause()')
  onTestFinished(async () => void (await behind?.run('select pg_wal_replay_resume()')))
  const position = await write()
  await vi.waitFor(async () => expect((await read(position)).port).toBe(portOf(1)), { timeout: 10_000 })
  await sleep(2 * maxAgeMs)
  // Even reads without a position avoid that standby, since it is behind by more than the maximum age.
  for (let reads = 0; reads < 20; reads += 1) expect((await read()).port).not.toBe(portOf(0))
})

it('reads run on a standby again once it has caught up', async () => {
  const [first] = servers.standbys
  await first?.run('select pg_wal_replay_pause()')
  await write()
  await sleep(2 * maxAgeMs)
  await first?.run('select pg_wal_replay_resume()')
  await waitForReadsOn(0)
})

it('a standby of an idle primary counts as up to date', async () => {
  await waitForReadsOn(0)
  await sleep(3000)
  await waitForReadsOn(0)
})

it('all reads of one request run on one server', async () => {
  await waitForReadsOn(0, 1)
  for (let requests = 0; requests < 20; requests += 1) {
    const work = { owner: ['test'], freshness: new Freshness({ position: undefined, maxAgeMs }) }
    const ofRequest = database.forWork(work)
    const ports = new Set<unknown>()
    for (let reads = 0; reads < 5; reads += 1) ports.add((await ofRequest.read({ text }))[0]?.port)
    expect(ports.size).toBe(1)
  }
})

it('a read that conflicts with recovery on a standby is repeated on the primary', async () => {
  await waitForReadsOn(0)
  for (const standby of servers.standbys) {
    await standby.run("alter system set max_standby_streaming_delay = '50ms'")
    await standby.run('select pg_reload_conf()')
  }
  const before = database.replicas?.reads.retried ?? 0
  const work = { owner: ['test'], freshness: new Freshness({ position: undefined, maxAgeMs: 60_000 }) }
  const reading = database.forWork(work).readTransaction('', async (tx) => {
    const rows = await tx.query<ReadResult & { [column: string]: unknown }>({ text })
    if (!rows[0]?.isStandby) return rows
    // Removes the rows that the snapshot of the standby still sees.
    await servers.primary.run('delete from numbers')
    await servers.primary.run('vacuum numbers')
    await sleep(500)
    return tx.query<ReadResult & { [column: string]: unknown }>({ text })
  })
  expect(await reading).toMatchObject([{ isStandby: false, numbers: 0 }])
  expect(database.replicas?.reads.retried).toBe(before + 1)
})

it('a COPY starts on the primary if its session on a standby conflicts with recovery', async () => {
  await waitForReadsOn(0)
  await write()
  const work = { owner: ['test'], freshness: new Freshness({ position: undefined, maxAgeMs: 60_000 }) }
  const session = await database.forWork(work).copy('select count(*) from numbers')
  expect(work.freshness.replica).toBeDefined()
  await servers.primary.run('delete from numbers')
  await servers.primary.run('vacuum numbers')
  await sleep(500)
  const bytes = await session.start('copy (select pg_is_in_recovery()) to stdout', 'copy')
  expect(Buffer.concat(await bytes.toArray()).toString()).toBe('f\n')
  await session.close()
})

it.skipIf(process.platform !== 'linux')(
  'reads take less than two seconds while a standby hangs, and then use it again',
  {
    timeout: 30_000,
  },
  async () => {
    const [first] = servers.standbys
    await waitForReadsOn(0, 1)
    const longestMs = await longestReadMs(async () => {
      await first?.suspend()
      await sleep(3000)
      await first?.resume()
    })
    expect(longestMs).toBeLessThan(2000)
    await waitForReadsOn(0)
  },
)

it('reads take less than two seconds while a standby is stopped, and then use it again', {
  timeout: 30_000,
}, async () => {
  const [first] = servers.standbys
  await waitForReadsOn(0, 1)
  const longestMs = await longestReadMs(async () => {
    await first?.stop()
    await sleep(1000)
    await first?.start()
  })
  expect(longestMs).toBeLessThan(2000)
  await waitForReadsOn(0)
})

it('a database opens, reads and closes while no standby can be reached', async () => {
  // The first address does not answer, and the second one refuses connections.
  const alone = open([
    'postgresql://postgres@192.0.2.1:5432/entente',
    'postgresql://postgres@127.0.0.1:1/entente',
  ])
  const startedAt = performance.now()
  expect(await read(await write(alone), alone)).toMatchObject({ isStandby: false })
  expect(performance.now() - startedAt).toBeLessThan(2000)
  await sleep(1000)
  const laterAt = performance.now()
  expect(await read(undefined, alone)).toMatchObject({ isStandby: false })
  expect(performance.now() - laterAt).toBeLessThan(2000)
  await alone.close()
  expect(performance.now() - laterAt).toBeLessThan(5000)
})

it('while the primary is stopped, a standby serves only positions that it has replayed', {
  timeout: 30_000,
}, async () => {
  await waitForReadsOn(0, 1)
  const position = await write()
  const { numbers } = await read(position)
  await servers.primary.stop()
  onTestFinished(async () => {
    await servers.primary.start()
    await waitForReadsOn(0, 1)
  })
  expect(await read(position)).toMatchObject({ isStandby: true, numbers })
  await expect(read({ ...position, lsn: position.lsn + 1_000_000 })).rejects.toThrow()
})

it('with the primary stopped, a read that loses its connection is repeated on another standby', {
  timeout: 30_000,
}, async () => {
  await waitForReadsOn(0, 1)
  await servers.primary.stop()
  onTestFinished(async () => {
    await servers.primary.start()
    await waitForReadsOn(0, 1)
  })
  const ports: number[] = []
  const work = { owner: ['test'], freshness: new Freshness({ position: undefined, maxAgeMs: 60_000 }) }
  await database.forWork(work).readTransaction('', async (tx) => {
    const [row] = await tx.query<{ port: number; pid: number }>({
      text: 'select inet_server_port() as port, pg_backend_pid() as pid',
    })
    if (!row) throw new Error('the read returned no row')
    const server = servers.standbys.find((_, index) => portOf(index) === row.port)
    if (ports.length === 0) await server?.run(`select pg_terminate_backend(${row.pid})`)
    ports.push(row.port)
    await tx.query({ text: 'select 1' })
  })
  expect(new Set(ports)).toEqual(new Set([portOf(0), portOf(1)]))
})

it('reads no longer run on a standby that answers probes but refuses reads', async () => {
  const [first] = servers.standbys
  const reader = new URL(first?.url ?? '')
  await servers.primary.run("create role prober login password 'prober' connection limit 1")
  await servers.primary.run('grant select on settings, numbers to prober')
  reader.username = 'prober'
  reader.password = 'prober'
  const refused = open([reader.href])
  onTestFinished(() => refused.close())
  // The probe uses the only connection that the role may have.
  await vi.waitFor(
    async () => {
      await read(undefined, refused)
      expect(refused.replicas?.reads.retried).toBeGreaterThan(0)
    },
    { timeout: 10_000, interval: 20 },
  )
  for (let reads = 0; reads < 100; reads += 1) {
    expect(await read(undefined, refused)).toMatchObject({ isStandby: false })
    await sleep(2)
  }
  expect(refused.replicas?.reads.retried).toBeLessThan(10)
})

it('the lag of a replica is unknown before the primary is reached', async () => {
  const urls = servers.standbys.map(({ url }) => url)
  const options = { ...generousOptions, replicas: { urls, maxAgeMs } }
  const alone = openDatabaseAt(`postgresql://127.0.0.1:${await freePort()}/none`, options)
  onTestFinished(() => alone.close())
  alone.replicas?.start()
  const replicas = alone.replicas?.all ?? []
  await vi.waitFor(() => expect(replicas.map(({ isReachable }) => isReachable)).toEqual([true, true]), {
    timeout: 20_000,
  })
  expect(replicas.map((replica) => alone.replicas?.lagBytes(replica))).toEqual([undefined, undefined])
})

it('a server that is not a standby is not used as a replica', async () => {
  const wrong = open([servers.primary.url])
  onTestFinished(() => wrong.close())
  await sleep(300)
  await read(undefined, wrong)
  expect(wrong.replicas?.reads).toMatchObject({ replica: 0, primary: 1 })
})

it('a standby of another primary serves no reads, and is reported', async () => {
  const timeline = "insert into settings values ('timeline', '00000001') on conflict do nothing"
  await servers.primary.run(timeline)
  const others = await openReplicatedServers(1)
  onTestFinished(() => others.close())
  const { primary, standbys } = others
  await primary.run(`create table settings (name text primary key, value text); ${timeline};
    create table records (); create table numbers (number int); insert into numbers select generate_series(1, 500000)`)
  const count = 'select count(*)::int as count from numbers'
  const isReplayed = async () => expect(await standbys[0]?.run(count)).toEqual([{ count: 500_000 }])
  await vi.waitFor(isReplayed, { timeout: 10_000 })
  const wrong = open(standbys.map(({ url }) => url))
  onTestFinished(() => wrong.close())
  const reasons: string[] = []
  if (wrong.replicas)
    wrong.replicas.observer = {
      replicaUnreachable: (_replica, reason) => reasons.push(reason) > 0,
      replicaPromoted: () => {},
      replicaReachable: () => {},
    }
  await sleep(2000)
  for (let reads = 0; reads < 20; reads += 1) await read(undefined, wrong)
  expect(wrong.replicas?.reads).toMatchObject({ replica: 0, primary: 20 })
  expect(reasons).toEqual(['it is not a standby of the primary, or the database is another one'])
})
