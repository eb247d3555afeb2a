import { expect, it } from 'vitest'
import { repetitions } from '../support/repetitions.ts'
import { useOpened } from '../support/use-opened.ts'
import { audit, noFaults, readRecords, replayFeed } from './audit.ts'
import { readFeed } from './feed.ts'
import { type KillablePostgres, openKillablePostgres } from './postgres.ts'
import { openService, type Service, waitUntil } from './service.ts'
import { Writer } from './writers.ts'

/** Service and PostgreSQL processes are killed while many clients write. */

const writeCount = repetitions(20_000)
const clientCount = 24

const postgres = useOpened(openKillablePostgres)

/** Runs the steps one by one, each after an equal share of the writes. */
async function runDuringWrites(
  steps: (() => Promise<void>)[],
  countAcknowledged: () => number,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    await waitUntil(() => countAcknowledged() >= ((index + 1) * writeCount) / (steps.length + 1), 600_000)
    await step()
  }
}

const restart = (server: Pick<Service | KillablePostgres, 'kill' | 'start'>) => async () => {
  await server.kill()
  await server.start()
}

it('every acknowledged write exists once, with its revision, after kills of processes', async ({ task }) => {
  const first = await openService(postgres.url, { SEED: 'reference' })
  const second = await openService(postgres.url)
  const origins = [first.origin, second.origin]
  const stopping = new AbortController()
  const writers = Array.from(
    { length: clientCount },
    (_, index) => new Writer(`writer-${index}`, origins, stopping.signal),
  )
  const countAcknowledged = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
  const kills = [first, postgres, second, first, postgres, second, postgres, first].map(restart)
  const work = async (writer: Writer) => {
    while (countAcknowledged() < writeCount) await writer.write()
  }
  // The first failure stops all writers.
  await Promise.all([runDuringWrites(kills, countAcknowledged), ...writers.map(work)]).finally(() =>
    stopping.abort(),
  )

  const acknowledged = writers.flatMap((writer) => writer.acknowledged)
  const feed = await readFeed(first.origin, 'agreements')
  const sum = (what: keyof Writer['failures']) =>
    writers.reduce((total, { failures }) => total + failures[what], 0)
  task.meta.figures = {
    'acknowledged writes': acknowledged.length,
    'changes in the feed': feed.length,
    'connections lost': sum('disconnected'),
    'responses 503': sum('unavailable'),
    'replayed creations': sum('replayed'),
  }
  // Writers retry until a write is acknowledged, so the feed has no other changes.
  expect(audit(acknowledged, feed)).toEqual(noFaults)
  expect(await readRecords(second.origin)).toEqual(replayFeed(feed))
  expect(await readFeed(second.origin, 'agreements')).toEqual(feed)
})
