import pg from 'pg'
import { type Clock, createClock } from './clock.ts'
import { CommitGate } from './commit-gate.ts'
import type { PoolObserver } from './connection.ts'
import { type CopySession, createCopySession } from './copy-session.ts'
import type { ServerObserver, Supervisor } from './embedded/supervisor.ts'
import { Listener, type ListenHandler, type Subscription } from './listener.ts'
import { Pool, type PoolOptions } from './pool.ts'
import { beginReading, type ReadServices, type ReadSettings, runRead } from './read-session.ts'
import type { Freshness } from './replicas/freshness.ts'
import { timelineSetting } from './replicas/replica.ts'
import { type ReplicaOptions, Replicas } from './replicas/replicas.ts'
import { Routing } from './replicas/routing.ts'
import { checkConnectionWhileRunning, sessionSettings } from './session-settings.ts'
import { ExpensiveOwners } from './shares/expensive-owners.ts'
import type { Lane } from './shares/lanes.ts'
import { StatementCosts } from './shares/statement-costs.ts'
import type { Work } from './shares/work.ts'
import type { Statement, StatementRunner, Transaction } from './statement.ts'
import { inTransaction, retryConflicts } from './transaction.ts'

export type { CopySession } from './copy-session.ts'
export type { ListenHandler, Subscription } from './listener.ts'
export { Freshness } from './replicas/freshness.ts'
export type { Work } from './shares/work.ts'
export type { Statement, StatementRunner, Transaction } from './statement.ts'
export { everything } from './transaction.ts'

/** Receives events for metrics and the log. */
export type DatabaseObserver = PoolObserver & ServerObserver

/** Limits, listener and replicas of a database. */
export interface DatabaseOptions extends PoolOptions {
  /** URL to listen for notifications; by default the database's own URL. It must lead to the same database. */
  listenUrl?: string | undefined
  /** The replicas for reads with a freshness; by default all reads run on the primary. */
  replicas?: ReplicaOptions | undefined
}

/** A database as operations use it: for reads, transactions and copies. */
export interface DatabaseClient {
  /** The clock for times that are stored or compared, since the clock of this process may be wrong. */
  readonly clock: Clock
  /**
   * Runs one statement, which must not write, since it may run several times. Cancels it after `statementTimeoutMs`, or when
   * `signal` aborts.
   * @throws Problem `overloaded` or `too-many-waiting` if no connection becomes free; pg's error or ConnectionError if none can be
   * opened; the reason of `signal`; PostgreSQL's error (57014 after the timeout).
   */
  read<Row extends pg.QueryResultRow>(statement: Statement, options?: ReadOptions): Promise<Row[]>
  /**
   * Commits when `callback` resolves, rolls back when it rejects, and releases the connection in both cases. `callback` may run
   * several times, since a transaction that PostgreSQL rolls back because of a concurrent one is repeated.
   * @throws what `callback` or the commit throws; Problem `overloaded`, `too-many-waiting` or `unavailable`, pg's error or
   * ConnectionError if there is no connection, before `callback` runs; Problem `outcome-unknown` if PostgreSQL has not confirmed the
   * commit.
   */
  transaction<T>(callback: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs several statements on one snapshot, in a repeatable-read read-only transaction. `callback` may run several times.
   * @param setup statements that run first, such as `set local …`; may be empty.
   * @throws what `callback` throws, and what `read` throws.
   */
  readTransaction<T>(
    setup: string,
    callback: (tx: Transaction) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T>
  /**
   * Opens a session for `COPY … TO STDOUT` in a repeatable-read read-only transaction. The caller closes or aborts it.
   * @param setup as in `readTransaction`.
   * @throws Problem `overloaded` or `too-many-waiting` if no connection becomes free; pg's error or ConnectionError if none can be
   * opened; PostgreSQL's error.
   */
  copy(setup: string): Promise<CopySession>
  /** Returns the same database for this work: its statements get only the share of the work's owner while other owners wait. */
  forWork(work: Work): DatabaseClient
  /** How current the server of the reads must be; undefined if they run only on the primary. */
  readonly freshness: Freshness | undefined
  /** Calls `Work.onRead` with a statement that ran elsewhere for this work, such as once for several clients. */
  reportRead(text: string): void
  /** The same database, for work of the service itself and for work that is done once for several clients. */
  readonly shared: DatabaseClient
}

/** Runs the statements of the service within the limits of its options, except in `maintain`. */
export interface Database extends DatabaseClient {
  readonly options: DatabaseOptions
  /** Current numbers of connections to the primary in the pool, and of requests that wait for one. */
  readonly counts: { total: number; idle: number; waiting: number }
  /** Current numbers of requests of a lane that use a connection to the primary or wait for one. */
  laneCounts(lane: Lane): { running: number; waiting: number }
  /** Handles the notifications of a channel until the subscription is closed. Reconnects if the connection is lost. */
  listen(channel: string, handler: ListenHandler): Promise<Subscription>
  /**
   * Runs `callback` on a connection outside the pool, without limits: for long work such as migrations, locks, bulk loads, seals and
   * archives.
   * @throws what `callback` throws; pg's error if there is no connection.
   */
  maintain<T>(callback: (client: pg.Client) => Promise<T>): Promise<T>
  /** Opens the same database with a separate pool, other options and the same observer. The caller closes the fork. */
  fork(options: Partial<DatabaseOptions>): Database
  /** The replicas, if there are any. */
  readonly replicas: Replicas | undefined
  /** Why the connection to the embedded server is lost (`Supervisor`); undefined while it is open, and for other servers. */
  readonly outage: string | undefined
  forWork(work: Work): Database
  readonly shared: Database
  /**
   * Calls `handler` after each commit of this database, with the resources that the transaction has announced to other
   * processes. For a commit whose outcome is unknown, the handler gets `everything`. Commits of forks are not reported.
   */
  onCommit(handler: (announced: string[]) => void): void
  /** Opens some connections before the first statements need them. */
  openConnectionsEarly(): Promise<void>
  /** Reports events to `observer`, which replaces the previous observer. Earlier forks keep theirs. */
  observe(observer: DatabaseObserver): void
  close(): Promise<void>
}

export interface ReadOptions {
  signal?: AbortSignal
  /** Statements that run first, such as `set local …`. With them, the read runs in a transaction. */
  setup?: string
}

/** What the databases of one pool share. */
interface Services extends ReadServices {
  announceCommit: (announced: string[]) => void
  commitGate: CommitGate
  url: string
  options: DatabaseOptions
  listener: Listener
  supervisor: Supervisor | undefined
  clock: Clock
  replicas: Replicas | undefined
  routing: Routing | undefined
  /** Closes everything that is not shared with the database from which this database was forked. */
  close(): Promise<void>
}

/** Opens a database, which connects at the first statement. @param supervisor watches the embedded server. */
export function openDatabaseAt(url: string, options: DatabaseOptions, supervisor?: Supervisor): Database {
  const replicas =
    options.replicas &&
    new Replicas(url, options.replicas, async (timeline) => {
      // This may write: without work and `setup`, `read` runs a statement once, on the primary, without a transaction.
      await database.read({
        text: `insert into settings (name, value) values ('${timelineSetting}', $1)
          on conflict (name) do update set value = excluded.value`,
        values: [timeline],
      })
    })
  const database = openWith(url, options, { supervisor, replicas })
  return database
}

/**
 * Opens a database or a fork of one.
 * @param inherited services that a fork gets from the original database.
 * @param isFork whether this is a fork, which does not close the replicas: the original database does.
 */
function openWith(
  url: string,
  options: DatabaseOptions,
  inherited: Pick<Services, 'supervisor' | 'replicas'>,
  isFork = false,
): Database {
  const { replicas } = inherited
  const pool = new Pool(url, options)
  const listener = new Listener(options.listenUrl ?? url, async (channel) => {
    await database.read({ text: 'select pg_notify($1, $2)', values: [channel, ''] })
  })
  const clock = createClock(async () => {
    // Read as a number, because the text of a timestamp depends on settings of the server.
    const [row] = await database.read<{ timeMs: number }>({
      name: 'clock',
      text: 'select extract(epoch from clock_timestamp())::float8 * 1000 as "timeMs"',
    })
    if (!row) throw new Error('the database returned no time')
    return new Date(row.timeMs)
  })
  const routing = replicas && new Routing(pool, replicas, options)
  const services: Services = {
    ...inherited,
    url,
    options,
    pool,
    listener,
    clock,
    routing,
    costs: new StatementCosts(),
    expensiveOwners: new ExpensiveOwners(),
    announceCommit: () => {},
    // If the server was lost, its idle connections may hang, and the next change, which the gate admits as a trial, would wait for one
    // of them until its timeout.
    commitGate: new CommitGate(() => pool.closeIdle()),
    close: async () => {
      await listener.close()
      await Promise.all([pool.end(), routing?.close(), isFork ? undefined : replicas?.close()])
    },
  }
  const database: Database = new PoolDatabase(services)
  return database
}

class PoolDatabase implements Database {
  readonly #services: Services
  readonly #work: Work | undefined
  readonly shared: Database

  /**
   * @param shared the database for work of the service and of several clients; by default this database.
   * @param work the work that all statements belong to.
   */
  constructor(services: Services, shared?: Database, work?: Work) {
    this.#services = services
    this.shared = shared ?? this
    this.#work = work
  }

  get options(): DatabaseOptions {
    return this.#services.options
  }

  get clock(): Clock {
    return this.#services.clock
  }

  get counts() {
    return this.#services.pool.counts
  }

  laneCounts(lane: Lane) {
    return this.#services.pool.laneCounts(lane)
  }

  forWork(work: Work): Database {
    return new PoolDatabase(this.#services, this.shared, work)
  }

  get freshness(): Freshness | undefined {
    return this.#work?.freshness
  }

  get replicas(): Replicas | undefined {
    return this.#services.replicas
  }

  reportRead(text: string): void {
    this.#work?.onRead?.(text)
  }

  read<Row extends pg.QueryResultRow>(
    statement: Statement,
    { signal, setup }: ReadOptions = {},
  ): Promise<Row[]> {
    this.reportRead(statement.text)
    const settings = { setup, work: this.#work, signal }
    return this.#run(settings, (tx) => tx.query<Row>(statement))
  }

  readTransaction<T>(
    setup: string,
    callback: (tx: Transaction) => Promise<T>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const read = (tx: Transaction) => callback(this.#withReportedReads(tx))
    return this.#run({ setup, work: this.#work, signal }, read)
  }

  transaction<T>(callback: (tx: Transaction) => Promise<T>): Promise<T> {
    return retryConflicts(() => this.#tryTransaction(callback))
  }

  async #tryTransaction<T>(callback: (tx: Transaction) => Promise<T>): Promise<T> {
    const { pool, commitGate, announceCommit } = this.#services
    return commitGate.run(async (passedAt) => {
      // A change is not cancelled when its client disconnects, so that its outcome is known.
      const connection = await pool.acquireForChange(this.#work && { owner: this.#work.owner })
      const recheckedCallback = (tx: Transaction) => {
        commitGate.recheck(passedAt)
        return callback(tx)
      }
      const handlers = { announce: announceCommit, onWritten: () => commitGate.open(), work: this.#work }
      return inTransaction(connection, recheckedCallback, handlers)
    })
  }

  copy(setup: string): Promise<CopySession> {
    const { pool, routing } = this.#services
    const { freshness } = this
    const open = (chosenPool: Pool) => openCopy(chosenPool, setup, this.#work)
    return routing && freshness ? routing.copy(freshness, open) : open(pool)
  }

  listen(channel: string, handler: ListenHandler): Promise<Subscription> {
    return this.#services.listener.listen(channel, handler)
  }

  maintain<T>(callback: (client: pg.Client) => Promise<T>): Promise<T> {
    return withClient(this.#services.url, callback)
  }

  fork(changed: Partial<DatabaseOptions>): Database {
    const { url, options, pool, supervisor, replicas } = this.#services
    const fork = openWith(url, { ...options, ...changed }, { supervisor, replicas }, true)
    fork.observe(pool.observer)
    return fork
  }

  get outage(): string | undefined {
    return this.#services.supervisor?.outage
  }

  onCommit(handler: (announced: string[]) => void): void {
    const { announceCommit } = this.#services
    this.#services.announceCommit = (announced) => {
      announceCommit(announced)
      handler(announced)
    }
  }

  openConnectionsEarly(): Promise<void> {
    return this.#services.pool.openConnectionsEarly()
  }

  observe(observer: DatabaseObserver): void {
    const { pool, supervisor, routing } = this.#services
    pool.observer = observer
    if (routing) routing.observer = observer
    if (supervisor) supervisor.observer = observer
  }

  close(): Promise<void> {
    return this.#services.close()
  }

  #run<T>(settings: ReadSettings, read: (tx: Transaction) => Promise<T>): Promise<T> {
    const { routing } = this.#services
    const { freshness } = this
    return routing && freshness
      ? routing.run(freshness, (pool) => runRead({ ...this.#services, pool }, settings, read))
      : runRead(this.#services, settings, read)
  }

  #withReportedReads(tx: Transaction): Transaction {
    return {
      query: (statement) => {
        this.reportRead(statement.text)
        return tx.query(statement)
      },
    }
  }
}

async function openCopy(pool: Pool, setup: string, work: Work | undefined): Promise<CopySession> {
  const connection = await pool.acquire('cheap', work)
  try {
    await connection.execute(`${beginReading}; ${setup}`)
    return createCopySession(connection)
  } catch (error) {
    await connection.destroy()
    throw error
  }
}

async function withClient<T>(url: string, callback: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'entente maintenance',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  // A lost connection is reported by the statement that fails.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sessionSettings)
    await checkConnectionWhileRunning(client)
    return await callback(client)
  } finally {
    await client.end()
  }
}

/** Returns a runner that runs each statement by `database.read`: on any connection, on a new snapshot. */
export const autocommitReads = (database: Pick<Database, 'read'>): StatementRunner => ({
  query: (statement) => database.read(statement),
})
