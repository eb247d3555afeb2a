import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { audit, noFaults } from '../faults/audit.ts'
import { readFeed } from '../faults/feed.ts'
import { asAdministrator } from '../faults/service.ts'
import { useOpened } from '../support/use-opened.ts'
import { openCluster } from './cluster.ts'
import { type Observation, observe, startMirror, startProbes, startWriters } from './load.ts'
import type { Member } from './patroni.ts'
import { clusterUnavailableReason } from './tools.ts'

/** Servers that cannot reach one another, and servers that do not answer. */

/**
 * The longest that a request waits for the database: up to a second for a connection, and up to a second for its statement.
 * Then the client gets a response, even if it is a refusal.
 */
const waitsMs = 2000

/** Milliseconds for everything else that the service does for a request. */
const workMs = 100

/** The longest delay by the machine that counts: a slower response without the database counts as this long. */
const maxDelayMs = 1000

/** Milliseconds between two requests of the same kind: often enough to notice late responses, and no load for a slow machine. */
const intervalMs = 200

describe.skipIf(clusterUnavailableReason())('a cluster with disconnected or hanging servers', () => {
  const cluster = useOpened(() => openCluster({ STATEMENT_SECONDS: '1', POOL_WAIT_SECONDS: '1' }))

  /** Counts the servers that claim to be the primary. Returns a function that stops counting and returns the maximum. */
  function watchPrimaries() {
    let most = 0
    let isStopped = false
    onTestFinished(() => {
      isStopped = true
    })
    const watch = async () => {
      while (!isStopped) {
        const roles = await Promise.all(cluster.postgres.members.map((member) => member.role()))
        most = Math.max(most, roles.filter((role) => role === 'primary').length)
        await sleep(100)
      }
    }
    const ended = watch()
    return async () => {
      isStopped = true
      await ended
      return most
    }
  }

  const probes = (origin: string) => ({
    // Needs no database, so its duration shows how slow the machine is at the moment.
    alive: () => observe('alive', `${origin}/healthz`),
    key: () => observe('key', `${origin}/v1/countries/PAK`),
    list: () => observe('list', `${origin}/v1/agreements?country=PAK`),
    counts: () => observe('counts', `${origin}/v1/agreements/aggregate?groupBy=country`),
    write: () =>
      observe('write', `${origin}/v1/organizations`, {
        method: 'POST',
        headers: { ...asAdministrator, 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify({ name: crypto.randomUUID(), kind: 'multilateral' }),
      }),
  })

  const slowest = (observations: Observation[]) =>
    Math.round(Math.max(0, ...observations.map(({ durationMs }) => durationMs)))

  /** Whether a request took too long: more than its waits, its work, and twice the delay by the machine at the same time. */
  function isLate({ what, at, durationMs }: Observation, alive: Observation[]): boolean {
    if (what === 'alive') return durationMs >= waitsMs
    const meanwhile = alive.filter((other) => other.at < at + durationMs && other.at + other.durationMs > at)
    return durationMs >= waitsMs + workMs + 2 * Math.min(slowest(meanwhile), maxDelayMs)
  }

  /** Runs clients before, during and after a fault, and returns what they observed. */
  async function observeDuring(fault: () => Promise<void>) {
    const { postgres, balancer } = cluster
    await postgres.waitUntilHealthy()
    const mirror = await startMirror(balancer.origin)
    const load = startWriters(balancer.origin, 10, 400)
    const primaries = watchPrimaries()
    const probing = startProbes(probes(balancer.origin), intervalMs)
    await sleep(1000)
    await fault()
    const healedAt = Date.now()
    await postgres.waitUntilHealthy(90_000)
    await sleep(1000)
    const observations = await probing.stop()
    const acknowledged = await load.stop()
    const mirrored = await mirror.stop()
    const feed = await readFeed(balancer.origin, 'agreements', mirror.start)
    const writes = observations.filter(({ what }) => what === 'write')
    const reads = observations.filter(({ what }) => what !== 'write' && what !== 'alive')
    const alive = observations.filter(({ what }) => what === 'alive')
    const lastFailure = observations.findLast(({ status }) => status >= 500 || status === 0)
    return {
      figures: {
        'slowest response without the database in ms': slowest(alive),
        'slowest read in ms': slowest(reads),
        'slowest write in ms': slowest(writes),
        'reads refused': reads.filter(({ status }) => status !== 200).length,
        'writes refused': writes.filter(({ status }) => status !== 201).length,
        'acknowledged writes': acknowledged.length,
        'last refusal after the fault in ms': Math.max(0, (lastFailure?.at ?? 0) - healedAt),
      },
      maxPrimaries: await primaries(),
      audit: audit(acknowledged, feed),
      mirrored,
      feed,
      late: observations.filter((observation) => isLate(observation, alive)),
    }
  }

  const cases: { what: string; fault: (primary: Member, standbys: Member[]) => Promise<void> }[] = [
    {
      what: 'the primary cannot reach its standbys',
      fault: async (primary, standbys) => {
        await primary.host.isolateFrom(standbys.map(({ host }) => host))
        await sleep(10_000)
        await primary.host.heal()
      },
    },
    {
      what: 'the primary cannot reach its standbys and etcd',
      fault: async (primary, standbys) => {
        await primary.host.isolateFrom([cluster.postgres.etcd, ...standbys.map(({ host }) => host)])
        const isReplaced = async () =>
          (await Promise.all(standbys.map((standby) => standby.role()))).includes('primary')
        while (!(await isReplaced())) await sleep(100)
        await sleep(3000)
        await primary.host.heal()
      },
    },
    {
      what: 'the synchronous standby hangs',
      fault: async (_primary, [synchronous]) => {
        await synchronous?.host.signal('SIGSTOP')
        await sleep(10_000)
        await synchronous?.host.signal('SIGCONT')
      },
    },
    {
      what: 'the asynchronous standby hangs',
      fault: async (_primary, [, asynchronous]) => {
        await asynchronous?.host.signal('SIGSTOP')
        await sleep(10_000)
        await asynchronous?.host.signal('SIGCONT')
      },
    },
  ]

  it.for(cases)('answers within 2 s and recovers when $what', async ({ fault }, { task }) => {
    const { postgres } = cluster
    await postgres.waitUntilHealthy()
    const primary = await postgres.primary()
    const standbys = await postgres.standbys()
    const outcome = await observeDuring(() => fault(primary, standbys))
    task.meta.figures = outcome.figures
    expect(outcome.audit).toEqual(noFaults)
    expect(outcome.mirrored).toEqual(outcome.feed)
    expect(outcome.maxPrimaries).toBe(1)
    expect(outcome.late).toEqual([])
  })
})
