import { setTimeout as delay } from 'node:timers/promises'
import type { PoolObserver } from '../connection.ts'
import type { CopySession } from '../copy-session.ts'
import { getDatabaseError, isConnectionError, mayHaveLostSession } from '../errors.ts'
import { Pool, type PoolOptions } from '../pool.ts'
import { lanes } from '../shares/lanes.ts'
import type { Freshness, FreshnessDemand } from './freshness.ts'
import type { Replica, ReplicaChoice } from './replica.ts'
import type { Replicas } from './replicas.ts'

/** Maximum time to close connections gracefully. A connection to a server that hangs never closes by itself. */
const closeTimeoutMs = 1000

/**
 * SQLSTATE classes of errors that a valid read usually gets only from a replica: recovery conflicts (40), read-only or
 * unsupported operations (25, 0A), locks and server states (55), logins (28), objects that are not replicated yet (3D, 42).
 */
const replicaStates = /^(40|25|0A|55|28|3D|42)/

/** Whether the connection to a server was lost or refused. */
function isConnectionLost(error: unknown): boolean {
  return getDatabaseError(error) ? mayHaveLostSession(error) : isConnectionError(error)
}

/** Whether an error is caused by the replica, and not by the read. */
const isReplicaFailure = (error: unknown): boolean =>
  isConnectionLost(error) || replicaStates.test(getDatabaseError(error)?.code ?? '')

/** Counts the running and waiting uses of a pool. */
const countUses = (pool: Pool): number =>
  lanes.reduce((sum, lane) => {
    const { running, waiting } = pool.laneCounts(lane)
    return sum + running + waiting
  }, 0)

/**
 * Wraps a session on a replica. If the replica fails before the first bytes of the first `COPY`, `reopen` opens a session for the
 * retry.
 */
function withReopening(first: CopySession, reopen: () => Promise<CopySession>): CopySession {
  let session = first
  let hasStarted = false
  return {
    async start(text, label, signal) {
      const isFirst = !hasStarted
      hasStarted = true
      try {
        return await session.start(text, label, signal)
      } catch (error) {
        if (!isFirst || !isReplicaFailure(error)) throw error
        await session.abort()
        session = await reopen()
        return session.start(text, label, signal)
      }
    },
    close: () => session.close(),
    abort: () => session.abort(),
  }
}

/** Runs the reads of one `Database` on the primary or on a replica. It has a pool for each replica, with the same limits. */
export class Routing {
  readonly #primary: Pool
  readonly #replicas: Replicas
  readonly #pools: ReadonlyMap<Replica, Pool>
  readonly #stopWatching: () => void

  constructor(primary: Pool, replicas: Replicas, options: PoolOptions) {
    this.#primary = primary
    this.#replicas = replicas
    this.#pools = new Map(
      replicas.all.map((replica) => [replica, new Pool(replica.url, options, { isReplica: true })]),
    )
    this.#stopWatching = replicas.watch({
      onReachable: (replica) => this.#pools.get(replica)?.resume(),
      onUnreachable: (replica) => this.#pools.get(replica)?.suspend(),
    })
  }

  set observer(observer: PoolObserver) {
    for (const pool of this.#pools.values()) pool.observer = observer
  }

  /**
   * Runs a read on a replica if one is fresh enough, otherwise on the primary. If the replica fails, the read runs again
   * on the primary. If the primary cannot be reached, the read runs again on the replica that has replayed
   * the most (`Replicas.lastResort`).
   * @param read must be read-only, since it may run several times, and must send nothing to the client before it has succeeded.
   * @throws what `read` throws.
   */
  async run<T>(freshness: Freshness, read: (pool: Pool) => Promise<T>): Promise<T> {
    const choosing = freshness.choose((demand) => this.#choose(demand))
    const choice = choosing instanceof Promise ? await choosing : choosing
    if (!choice) return this.#readPrimary(freshness, read, 'primary')
    try {
      return await this.#readReplica(choice, read)
    } catch (error) {
      if (!isReplicaFailure(error)) throw error
      freshness.use(undefined)
      return await this.#readPrimary(freshness, read, 'retried')
    }
  }

  /** Like `run`, for a session. Its first `COPY` restarts on the primary if the replica fails before the first bytes. */
  async copy(freshness: Freshness, open: (pool: Pool) => Promise<CopySession>): Promise<CopySession> {
    const session = await this.run(freshness, open)
    if (!freshness.replica) return session
    return withReopening(session, () => {
      freshness.use(undefined)
      return this.#readPrimary(freshness, open, 'retried')
    })
  }

  async close(): Promise<void> {
    this.#stopWatching()
    const pools = [...this.#pools.values()]
    const closing = Promise.all(pools.map((pool) => pool.end()))
    await Promise.race([closing, delay(closeTimeoutMs, undefined, { ref: false })])
    for (const pool of pools) pool.suspend()
    await closing
  }

  /** Like `Replicas.choose`, but chooses the primary if it has less load and all connections of the replica are in use. */
  #choose(demand: FreshnessDemand): ReplicaChoice | undefined | Promise<ReplicaChoice | undefined> {
    const choice = this.#replicas.choose(demand, (replica) => this.#load(replica))
    if (!choice || choice instanceof Promise) return choice
    const load = this.#load(choice.replica)
    const isBusy = load >= this.#primary.options.maxConnections && load > countUses(this.#primary)
    return isBusy ? undefined : choice
  }

  #load(replica: Replica): number {
    const pool = this.#pools.get(replica)
    return pool ? countUses(pool) : Number.POSITIVE_INFINITY
  }

  async #readReplica<T>({ replica }: ReplicaChoice, read: (pool: Pool) => Promise<T>): Promise<T> {
    try {
      const result = await read(this.#pools.get(replica) ?? this.#primary)
      this.#replicas.reads.replica += 1
      replica.recordSuccess()
      return result
    } catch (error) {
      if (isConnectionLost(error)) replica.recordFailure()
      throw error
    }
  }

  /** @param count the number to increase if the read succeeds on the primary. */
  async #readPrimary<T>(
    freshness: Freshness,
    read: (pool: Pool) => Promise<T>,
    count: 'primary' | 'retried',
  ): Promise<T> {
    try {
      const result = await read(this.#primary)
      this.#replicas.reads[count] += 1
      return result
    } catch (error) {
      const choice = isConnectionLost(error) ? this.#replicas.lastResort(freshness.position) : undefined
      if (!choice) throw error
      freshness.use(choice)
      return await this.#readReplica(choice, read)
    }
  }
}
