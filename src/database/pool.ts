import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import pg from 'pg'
import { errorMessage } from '../error-message.ts'
import { Problem } from '../problems/problem.ts'
import { type ClientState, Connection, type PoolObserver, type StatementLimits } from './connection.ts'
import { ConnectionError, isConnectionError } from './errors.ts'
import { Sockets } from './replicas/sockets.ts'
import { cancelTimeoutMs } from './running-statement.ts'
import { checkConnectionWhileRunning, sessionSettings } from './session-settings.ts'
import { type Lane, type LaneLimits, Lanes, type Lease, type Refusal } from './shares/lanes.ts'
import type { Work } from './shares/work.ts'
import { withTimeout } from './with-timeout.ts'

/** Limits of a pool of connections and of the statements on them. */
export interface PoolOptions extends StatementLimits, LaneLimits {}

/** The error message of pg-pool when no connection becomes free in time. */
const acquireTimeoutMessage = 'timeout exceeded when trying to connect'

/** Timeouts on a replica: for opening a connection, and for waiting for a lock. After either, the read runs on the primary. */
const replicaConnectTimeoutMs = 500
const replicaLockTimeoutMs = 200

const ignoreErrors = (emitter: EventEmitter): void => {
  // A lost connection is reported by the statement that fails. Without a listener the event would end the process.
  emitter.on('error', () => {})
}

const silentObserver: PoolObserver = {
  requestRefused: () => {},
  statementTimedOut: () => {},
  statementSlow: () => {},
}

/**
 * Number of connections that changes leave free for reads. Changes may wait for the locks of other changes for seconds, and reads
 * never do.
 */
const reservedForReads = ({ maxConnections }: PoolOptions) =>
  Math.min(maxConnections - 1, Math.ceil(maxConnections / 4))

/** Minimum number of connections that are kept open. */
const minConnections = ({ maxConnections }: PoolOptions) => Math.min(4, Math.ceil(maxConnections / 2))

/**
 * Opens connections to one server and bounds their use. Connects at the first `acquire` or `openConnectionsEarly`.
 *
 * The time limits of statements need no additional round trip, and no session setting except `application_name`, so they work
 * through a pooler in transaction mode. A statement that exceeds its limit is cancelled by `pg_cancel_backend` on a second
 * connection. It is found by an `application_name` that is unique to its connection; PgBouncer passes this name on to the
 * session of the transaction. Cancelling is best effort: when it fails, the connection is closed. PostgreSQL checks every second
 * whether the connection of a running statement is closed. On servers without this check, or behind a pooler, the statement may
 * run to its end. The lock timeout on replicas is a session setting. Behind a pooler, a read may get a session without this
 * timeout, and then waits for a lock until its statement times out.
 */
export class Pool {
  readonly options: PoolOptions
  readonly #pool: pg.Pool
  readonly #cancelPool: pg.Pool
  readonly #lanes: Lanes
  /** The connections that changes may use. */
  readonly #changeLanes: Lanes
  readonly #isReplica: boolean
  readonly #sockets = new Sockets()
  #isSuspended = false
  readonly #states = new WeakMap<pg.ClientBase, ClientState>()
  observer = silentObserver

  constructor(url: string, options: PoolOptions, { isReplica = false } = {}) {
    this.options = options
    this.#isReplica = isReplica
    const onRefusal = (lane: Lane, refusal: Refusal) => this.observer.requestRefused(lane, refusal)
    this.#lanes = new Lanes(options, onRefusal)
    const maxChanges = options.maxConnections - reservedForReads(options)
    this.#changeLanes = new Lanes({ ...options, maxConnections: maxChanges }, onRefusal)
    const connectTimeoutMs = isReplica
      ? Math.min(replicaConnectTimeoutMs, options.acquireTimeoutMs)
      : options.acquireTimeoutMs
    const shared = {
      connectionString: url,
      application_name: 'entente',
      keepAlive: true,
      ...(isReplica && { stream: this.#sockets.create }),
    }
    this.#pool = new pg.Pool({
      ...shared,
      min: minConnections(options),
      max: options.maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      // Five minutes, because a new connection must prepare its statements again.
      idleTimeoutMillis: 300_000,
      // pg-pool does not limit the time of `onConnect`. When it rejects, pg-pool closes the connection.
      onConnect: (client) => withTimeout(this.#prepareClient(client), connectTimeoutMs),
    })
    this.#cancelPool = new pg.Pool({
      ...shared,
      max: 1,
      connectionTimeoutMillis: cancelTimeoutMs,
      // A cancel request is needed most on a busy server, where a new connection takes long.
      idleTimeoutMillis: 300_000,
      query_timeout: cancelTimeoutMs,
    })
    ignoreErrors(this.#pool)
    ignoreErrors(this.#cancelPool)
  }

  /**
   * Lends a connection, after a wait in the fair queue of all owners if none is free.
   * @throws Problem `too-many-waiting` or `overloaded` if the work may not wait or gets no connection in time; the abort reason of
   * its signal; pg's error or ConnectionError if no connection can be opened.
   */
  async acquire(lane: Lane, work?: Work): Promise<Connection> {
    const granted = this.#lanes.acquire(lane, work)
    return this.#connectFor(lane, granted instanceof Promise ? await granted : granted)
  }

  /**
   * Lends a connection for a change. Unlike `acquire`, leaves some connections free for reads.
   * @throws what `acquire` throws.
   */
  async acquireForChange(work?: Work): Promise<Connection> {
    const change = await this.#changeLanes.acquire('cheap', work)
    try {
      const lease = await this.#lanes.acquire('cheap', work)
      const release = () => {
        lease.release()
        change.release()
      }
      return await this.#connectFor('cheap', { ...lease, release })
    } catch (error) {
      change.release()
      throw error
    }
  }

  /** Lends a connection for a lease. Releases the lease if there is no connection. */
  async #connectFor(lane: Lane, lease: Lease): Promise<Connection> {
    try {
      return this.#lend(await this.#connect(lane), lease)
    } catch (error) {
      lease.release()
      throw error
    }
  }

  /** Closes the connections to an unreachable replica and opens no more. Statements on the replica fail immediately. */
  suspend(): void {
    this.#isSuspended = true
    this.#sockets.destroyAll()
  }

  /** Allows connections again after `suspend`. */
  resume(): void {
    this.#isSuspended = false
  }

  async #connect(lane: Lane): Promise<pg.PoolClient> {
    // `isConnectionError` recognizes the loss of a connection by the words "Connection terminated", as in messages of pg.
    if (this.#isSuspended) throw new Error('Connection terminated: the replica is unreachable')
    try {
      return await this.#pool.connect()
    } catch (error) {
      const isKnown = error instanceof pg.DatabaseError || isConnectionError(error)
      // Others are errors of TLS, or of the files that the URL names.
      if (!isKnown) throw new ConnectionError(errorMessage(error), { cause: error })
      if (this.#isReplica || errorMessage(error) !== acquireTimeoutMessage) throw error
      this.observer.requestRefused(lane, 'wait')
      const detail = `Timed out after ${this.options.acquireTimeoutMs / 1000} s waiting for a database connection.`
      throw new Problem('overloaded', detail, { cause: error })
    }
  }

  #lend(client: pg.PoolClient, lease: Lease): Connection {
    const state = this.#states.get(client)
    if (!state) throw new Error('a connection was lent before it was prepared')
    return new Connection(client, state, {
      limits: this.options,
      lease,
      observer: () => this.observer,
      cancel: (name) => this.#cancel(name),
    })
  }

  /** Current numbers of connections, and of requests that wait for one. */
  get counts(): { total: number; idle: number; waiting: number } {
    return {
      total: this.#pool.totalCount,
      idle: this.#pool.idleCount,
      waiting: this.laneCounts('cheap').waiting + this.laneCounts('expensive').waiting,
    }
  }

  /** Current numbers of requests of a lane that use a connection or wait for one. */
  laneCounts(lane: Lane): { running: number; waiting: number } {
    const waiting = this.#lanes.waiting(lane) + this.#changeLanes.waiting(lane)
    return { running: this.#lanes.running(lane), waiting }
  }

  /** Whether expensive statements share the processors with other statements, now or recently (`Lanes.isContended`). */
  get isContended(): boolean {
    return this.#lanes.isContended
  }

  /**
   * Opens some connections before they are needed, since opening one takes tens of milliseconds in the service and in
   * PostgreSQL, for which the first requests would wait. Does nothing if the server is unreachable: the first request reports
   * that.
   */
  async openConnectionsEarly(): Promise<void> {
    const open = async (pool: pg.Pool, count: number) => {
      const clients = await Promise.allSettled(Array.from({ length: count }, () => pool.connect()))
      for (const client of clients) if (client.status === 'fulfilled') client.value.release()
    }
    await Promise.all([open(this.#pool, minConnections(this.options)), open(this.#cancelPool, 1)])
  }

  /** Closes the idle connections. Statements then run on new ones. */
  closeIdle(): void {
    for (let idle = this.#pool.idleCount; idle > 0; idle -= 1)
      this.#pool.connect((_error, client) => client?.release(true))
  }

  async end(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#cancelPool.end()])
  }

  async #prepareClient(client: pg.ClientBase): Promise<void> {
    ignoreErrors(client)
    const name = `entente ${randomBytes(6).toString('hex')}`
    this.#states.set(client, { name, preparedNames: new Set() })
    // Most statements read a few rows of many tables: JIT compilation and parallel workers would take longer than they save.
    await client.query(
      `set application_name = '${name}'; set jit = off; set max_parallel_workers_per_gather = 0; ${sessionSettings}`,
    )
    if (this.#isReplica) await client.query(`set lock_timeout = ${replicaLockTimeoutMs}`)
    await checkConnectionWhileRunning(client)
  }

  async #cancel(name: string): Promise<void> {
    const text = `select pg_cancel_backend(pid) from pg_stat_activity
      where application_name = $1 and state <> 'idle' and pid <> pg_backend_pid()`
    await this.#cancelPool.query(text, [name]).catch(() => {})
  }
}
