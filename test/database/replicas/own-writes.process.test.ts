import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, Freshness, openDatabaseAt } from '../../../src/database/database.ts'
import type { Position } from '../../../src/database/replicas/position.ts'
import { generousOptions } from '../../support/database-options.ts'
import { openReplicatedServers, type ReplicatedServers } from '../../support/replicated.ts'

const maxAgeMs = 100

/** A step: a write, a pause or resumption of replay on a standby, or a read by a client that may know of a write. */
type Step =
  | { action: 'write' }
  | { action: 'pause' | 'resume'; standby: 0 | 1 }
  | { action: 'read'; writesAgo: number | undefined }

const standby = fc.constantFrom(0 as const, 1 as const)

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ action: fc.constant('write' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ action: fc.constantFrom('pause' as const, 'resume' as const), standby }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        action: fc.constant('read' as const),
        writesAgo: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
      }),
    },
  ),
  { minLength: 20, maxLength: 60 },
)

let servers: ReplicatedServers
let database: Database

beforeAll(async () => {
  servers = await openReplicatedServers(2)
  await servers.primary.run(`create table settings (name text primary key, value text not null);
    create table numbers (number int generated always as identity)`)
  const urls = servers.standbys.map(({ url }) => url)
  database = openDatabaseAt(servers.primary.url, { ...generousOptions, replicas: { urls, maxAgeMs } })
  database.replicas?.start()
}, 60_000)

afterAll(async () => {
  await database.close()
  await servers.close()
})

/** A write that was acknowledged. */
interface AcknowledgedWrite {
  position: Position
  acknowledgedAtMs: number
  /** Number of rows after the write. */
  count: number
}

async function write(count: number): Promise<AcknowledgedWrite> {
  const positions: Position[] = []
  const writing = database.forWork({ owner: ['test'], onCommit: (position) => positions.push(position) })
  await writing.transaction((tx) => tx.query({ text: 'insert into numbers default values' }))
  const [position] = positions
  if (!position) throw new Error('the commit has no position')
  return { position, acknowledgedAtMs: performance.now(), count }
}

async function read(position: Position | undefined): Promise<number> {
  const reading = database.forWork({
    owner: ['test'],
    freshness: new Freshness({ position, maxAgeMs }),
  })
  const [row] = await reading.read<{ count: number }>({ text: 'select count(*)::int as count from numbers' })
  return row?.count ?? -1
}

const controlReplay = (index: 0 | 1, action: 'pause' | 'resume') =>
  servers.standbys[index]?.run(`select pg_wal_replay_${action}()`)

it('a read sees all writes up to its position, and all writes older than the maximum age', {
  timeout: 120_000,
}, async () => {
  const written: AcknowledgedWrite[] = [{ ...(await write(1)), acknowledgedAtMs: Number.NEGATIVE_INFINITY }]
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      for (const step of sequence) {
        if (step.action === 'write') written.push(await write(written.length + 1))
        else if (step.action !== 'read') await controlReplay(step.standby, step.action)
        else {
          const known = step.writesAgo === undefined ? undefined : written.at(-1 - step.writesAgo)
          const startedAtMs = performance.now()
          const required = written.findLast(
            ({ acknowledgedAtMs }) => acknowledgedAtMs < startedAtMs - maxAgeMs,
          )
          expect(await read(known?.position)).toBeGreaterThanOrEqual(
            Math.max(known?.count ?? 0, required?.count ?? 0),
          )
        }
      }
      await Promise.all([controlReplay(0, 'resume'), controlReplay(1, 'resume')])
    }),
    { numRuns: 10 },
  )
  expect(database.replicas?.reads.replica).toBeGreaterThan(0)
})
