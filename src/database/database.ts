import pg from 'pg'
import { Problem } from '../problems/problem.ts'
import { type Clock, databaseClock } from './clock.ts'
import type { Connection, DatabaseObserver as PoolObserver } from './connection.ts'
import { type CopySession, copySession } from './copy-session.ts'
import type { ServerObserver, Supervisor } from './embedded/supervisor.ts'
import { isReadOnly, isSessionLost, retryAfterSeconds } from './errors.ts'
import { Listener, type ListenHandler, type Subscription } from './listener.ts'
import { Pool, type PoolOptions } from './pool.ts'
import type { Statement } from './statement.ts'

export type { CopySession } from './copy-session.ts'
export type { ListenHandler, Subscription } from './listener.ts'
export type { Statement } from './statement.ts'

/** Receives what metrics and the log report. */
export type DatabaseObserver = PoolObserver & ServerObserver

/** Runs statements one after another on one connection. */
export interface Transaction {
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]>
}

/** How a database is used. */
export interface DatabaseOptions extends PoolOptions {
  /** Where to listen for notifications; left out for the database's own URL. It must lead to the same database. */
  listenUrl?: string | undefined
}

/** Runs every statement of the service, within the limits of its options. No other module uses a pool of pg. */
export interface Database {
  readonly options: DatabaseOptions
  /** What stored and compared moments are taken from: the clock of this process may be wrong. */
  readonly clock: Clock
  /** Connections of the pool, and requests that wait for one, at this moment. */
  readonly counts: { total: number; idle: number; waiting: number }
  /**
   * Runs one statement, read-only by contract. Cancels it after `statementTimeoutMs`, or when `signal` aborts.
   * @param options `wholeTables` gives the statement memory to sort and hash, and turns parallel workers off.
   * @throws Problem `overloaded`, the reason of `signal`, or PostgreSQL's error (57014 when it was cancelled).
   */
  read<Row extends pg.QueryResultRow>(statement: Statement, options?: ReadOptions): Promise<Row[]>
  /**
   * Commits when `work` resolves, rolls back when it rejects, and releases the connection in both cases.
   * @throws what `work` throws; Problem `outcome-unknown` when the connection is lost during the commit.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * Runs several statements as of one moment, in a repeatable-read read-only transaction.
   * @param begin statements that run first, such as `set local …`; may be empty.
   */
  readTransaction<T>(
    begin: string,
    work: (tx: Transaction) => Promise<T>,
    options?: { signal?: AbortSignal },
  ): Promise<T>
  /**
   * Opens a connection for `COPY … TO STDOUT` in a repeatable-read read-only transaction. The caller closes or aborts
   * it.
   * @param begin as of `readTransaction`.
   */
  copy(begin: string): Promise<CopySession>
  /** Handles the notifications of a channel until the subscription is closed, also after reconnecting. */
  listen(channel: string, handler: ListenHandler): Promise<Subscription>
  /** Runs `work` on a connection beside the pool, without limits: for migrations, locks and bulk loads. */
  maintain<T>(work: (client: pg.Client) => Promise<T>): Promise<T>
  /** Opens another pool on the same database, with other limits. The caller closes it. */
  fork(options: Partial<DatabaseOptions>): Database
  /** Why the server is away, where the service runs it itself; undefined while it runs, and where it does not know. */
  readonly outage: string | undefined
  /** Sends refusals, cancelled and slow statements to `observer`, instead of the one before. */
  observe(observer: DatabaseObserver): void
  close(): Promise<void>
}

export interface ReadOptions {
  signal?: AbortSignal
  wholeTables?: boolean
}

/**
 * Settings for a statement that reads whole tables. Few share a plan, so compiling takes longer than running; the usual
 * few megabytes would sort on disk; and parallel workers gain little where the rows of partial results nearly all differ.
 */
export const wholeTableSettings = `set local jit = off;
  set local work_mem = '64MB';
  set local max_parallel_workers_per_gather = 0`

const beginReading = 'begin isolation level repeatable read read only'

/** Opens a database. It connects at the first statement. `server` is given where the service runs the server itself. */
export function openPool(url: string, options: DatabaseOptions, server?: Supervisor): Database {
  const pool = new Pool(url, options)
  const listener = new Listener(options.listenUrl ?? url, async (channel) => {
    await read({ text: 'select pg_notify($1, $2)', values: [channel, ''] })
  })

  const read: Database['read'] = async <Row extends pg.QueryResultRow>(
    statement: Statement,
    { signal, wholeTables = false }: ReadOptions = {},
  ) => {
    if (wholeTables) {
      const only = (tx: Transaction) => tx.query<Row>(statement)
      return readTransaction(wholeTableSettings, only, signal && { signal })
    }
    signal?.throwIfAborted()
    const connection = await pool.acquire()
    try {
      return await connection.query<Row>(statement, signal)
    } finally {
      connection.release()
    }
  }

  const readTransaction: Database['readTransaction'] = async (begin, work, { signal } = {}) => {
    signal?.throwIfAborted()
    const connection = await pool.acquire()
    try {
      await connection.execute(`${beginReading}; ${begin}`, { signal })
      return await work({ query: (statement) => connection.query(statement, signal) })
    } finally {
      await rollBack(connection)
    }
  }

  const clock = databaseClock(async () => {
    const [row] = await read<{ now: Date }>({ name: 'clock', text: 'select clock_timestamp() as now' })
    if (!row) throw new Error('the database did not say what time it is')
    return row.now
  })

  return {
    options,
    clock,
    read,
    readTransaction,
    transaction: async (work) => {
      const connection = await pool.acquire()
      return inTransaction(connection, work)
    },
    copy: async (begin) => {
      const connection = await pool.acquire()
      try {
        await connection.execute(`${beginReading}; ${begin}`)
        return copySession(connection)
      } catch (error) {
        await connection.destroy()
        throw error
      }
    },
    get counts() {
      return pool.counts
    },
    listen: (channel, handler) => listener.listen(channel, handler),
    maintain: (work) => withClient(url, work),
    fork: (changed) => openPool(url, { ...options, ...changed }, server),
    get outage() {
      return server?.outage
    },
    observe: (observer) => {
      pool.observer = observer
      if (server) server.observer = observer
    },
    close: async () => {
      await listener.close()
      await pool.end()
    },
  }
}

/** Rolls back and releases the connection. A connection that cannot roll back is closed. */
async function rollBack(connection: Connection): Promise<void> {
  await connection.execute('rollback').catch(() => connection.discard())
  connection.release()
}

async function inTransaction<T>(connection: Connection, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    await connection.execute('begin')
    const result = await work(connection)
    await commit(connection)
    connection.release()
    return result
  } catch (error) {
    // After a failover the connection may lead to the old primary, which is read-only now.
    if (isReadOnly(error)) connection.discard()
    await rollBack(connection)
    throw error
  }
}

async function commit(connection: Connection): Promise<void> {
  try {
    await connection.execute('commit', { cancellable: false })
  } catch (error) {
    if (!isSessionLost(error)) throw error
    throw new Problem(
      'outcome-unknown',
      'The connection to the database was lost during the commit, so the change may have been made or not. Read the record again to find out. With If-Match or an Idempotency-Key the request can be repeated safely.',
      { cause: error, headers: { 'retry-after': retryAfterSeconds } },
    )
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
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
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs each statement by `database.read`, for functions that also run inside a transaction. */
export const singleReads = (database: Database): Transaction => ({
  query: (statement) => database.read(statement),
})
