import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { mayHaveLostSession } from './errors.ts'
import { makePosition, type Position, type PositionRow, positionColumns } from './replicas/position.ts'
import { RunningStatement, type RunOptions } from './running-statement.ts'
import type { Lane, Lease, Refusal } from './shares/lanes.ts'
import type { Statement } from './statement.ts'

/**
 * Prepared statements that a connection may have; PostgreSQL needs about 100 kB for each. pg cannot deallocate them, so a
 * connection that has more is closed when it is released.
 */
const maxPreparedStatements = 200

/** Limits of each statement. */
export interface StatementLimits {
  statementTimeoutMs: number
  /** Statements that take at least this long are reported as slow. */
  slowStatementMs: number
}

/** Receives events for metrics and the log. Texts never contain values. */
export interface PoolObserver {
  /** No connection was available: the queue was full, the wait took too long, or the owner had too many waiting requests. */
  requestRefused(lane: Lane, reason: Refusal): void
  /** A statement was cancelled after `statementTimeoutMs`, or a commit exceeded this limit and its connection was closed. */
  statementTimedOut(): void
  /** A statement took at least `slowStatementMs`. */
  statementSlow(text: string, durationMs: number): void
  /** Wraps each statement, to record its time and its failure. Must return the result of `run`. */
  trace?<T>(text: string, run: () => Promise<T>): Promise<T>
}

/** State of one of the pg clients of the pool. */
export interface ClientState {
  /** The unique `application_name` of this client, by which a cancel request finds its statement. */
  name: string
  preparedNames: Set<string>
}

/** What a connection gets from its pool. */
export interface ConnectionServices {
  limits: StatementLimits
  /** The lease of the connection, which is released with it. */
  lease: Lease
  observer(): PoolObserver
  /** Cancels the statement of the connection with this `application_name`. Never rejects. */
  cancel(name: string): Promise<void>
}

/** What `Connection.commit` returns. */
interface CommitResult {
  /** Whether the transaction has written to the write-ahead log. A transaction that only locks rows has, too. */
  hasWritten: boolean
  /** The resources that the transaction has announced to other processes (`announce()` in the migrations). */
  announced: string[]
  position?: Position
}

/** A pg client of the pool, from `acquire` to `release`. Every statement runs through `#run`, which enforces the limits. */
export class Connection {
  readonly #client: pg.PoolClient
  readonly #state: ClientState
  readonly #services: ConnectionServices
  #isBroken = false
  #isReleased = false

  constructor(client: pg.PoolClient, state: ClientState, services: ConnectionServices) {
    this.#client = client
    this.#state = state
    this.#services = services
  }

  /**
   * Runs one statement and returns its rows.
   * @throws PostgreSQL's error, which is `query_canceled` (57014) after `statementTimeoutMs`; the reason of the signal; or
   * OverBudgetError.
   */
  query<Row extends pg.QueryResultRow>(statement: Statement, options?: RunOptions): Promise<Row[]> {
    if (statement.name !== undefined) this.#state.preparedNames.add(statement.name)
    const submit = async () => (await this.#client.query<Row>(statement)).rows
    return this.#run(statement.text, submit, options)
  }

  /** Runs one or more statements without values, such as `begin; set local …`. Ignores rows. @throws as `query` does. */
  async execute(text: string, options?: RunOptions): Promise<void> {
    await this.#run(text, () => this.#client.query(text), options)
  }

  /**
   * Commits. A commit is never cancelled: if the wait for a synchronous standby is cancelled, PostgreSQL acknowledges the
   * commit, and other clients see changes that a failover may lose. After `statementTimeoutMs`, the connection is closed.
   * @param options `position`: whether to return the position of the commit.
   * @throws CommitTimeoutError after `statementTimeoutMs`; PostgreSQL's error.
   */
  async commit(options: { position: boolean }): Promise<CommitResult> {
    const commit = `select current_setting('entente.announced', true) as announced,
      pg_current_xact_id_if_assigned() is not null as "hasWritten"; commit`
    const text = options.position ? `${commit}; select ${positionColumns}` : commit
    const results: unknown = await this.#run(text, () => this.#client.query(text), { cancellable: false })
    // pg returns an array of results for several statements, which its types do not say.
    const [found, , end] = results as [
      pg.QueryResult<{ announced: string | null; hasWritten: boolean }>,
      pg.QueryResult,
      pg.QueryResult<PositionRow>?,
    ]
    // PostgreSQL returns '' if only an earlier transaction of the session has announced something.
    const resources = found.rows[0]?.announced
    const announced = resources ? resources.split(',') : []
    const hasWritten = found.rows[0]?.hasWritten === true
    const row = end?.rows[0]
    return { hasWritten, announced, ...(row && { position: makePosition(row) }) }
  }

  /**
   * Rolls back.
   * @returns the end of the write-ahead log after the rollback, if `options.position` is set.
   * @throws PostgreSQL's error.
   */
  async rollBack(options: { position: boolean }): Promise<Position | undefined> {
    if (!options.position) {
      await this.execute('rollback')
      return undefined
    }
    const text = `rollback; select ${positionColumns}`
    const results: unknown = await this.#run(text, () => this.#client.query(text))
    // pg returns an array of results for several statements, which its types do not say.
    const [, end] = results as [pg.QueryResult, pg.QueryResult<PositionRow>]
    const [row] = end.rows
    return row && makePosition(row)
  }

  /**
   * Starts `COPY … TO STDOUT`. Resolves when the first bytes can be read. The statement timeout applies only until then.
   * @param label names the statement in the log and in traces, without its values.
   * @throws PostgreSQL's error, or the reason of the signal, before the first bytes.
   */
  async copy(text: string, label: string, signal?: AbortSignal): Promise<Readable> {
    const stream = this.#client.query(copyTo(text))
    // The connection may be lost when nobody reads the stream any more. Without a listener the error would end the process.
    stream.on('error', () => {})
    await this.#run(label, () => once(stream, 'readable'), { signal })
    return stream
  }

  /** Moves to the expensive lane if there is room, without waiting. Returns whether it has moved. */
  moveToExpensive(): boolean {
    return this.#services.lease.moveToExpensive()
  }

  /** Makes `release` close the connection. */
  discard(): void {
    this.#isBroken = true
  }

  /** Returns the connection to the pool, or closes it after `discard` or too many prepared statements. Later calls do nothing. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#client.release(this.#isBroken || this.#state.preparedNames.size > maxPreparedStatements)
    this.#services.lease.release()
  }

  /** Closes the connection and cancels its statement. Does nothing after `release`. */
  async destroy(): Promise<void> {
    if (this.#isReleased) return
    this.close()
    // A statement that only sorts or waits does not notice that its socket is closed.
    await this.cancel()
  }

  /** Closes the connection. Does nothing after `release`. */
  close(): void {
    if (this.#isReleased) return
    this.discard()
    this.release()
  }

  /** Sends a request to cancel the statement of the connection. Never rejects. */
  cancel(): Promise<void> {
    return this.#services.cancel(this.#state.name)
  }

  async #run<T>(text: string, submit: () => Promise<T>, options: RunOptions = {}): Promise<T> {
    const { limits, observer } = this.#services
    options.signal?.throwIfAborted()
    const statement = new RunningStatement(this, limits.statementTimeoutMs, options)
    const startedAt = performance.now()
    try {
      const { trace } = observer()
      return await (trace ? trace(text, submit) : submit())
    } catch (error) {
      if (mayHaveLostSession(error)) this.discard()
      throw statement.explain(error)
    } finally {
      const cancelling = statement.end()
      const durationMs = performance.now() - startedAt
      if (durationMs >= limits.slowStatementMs) observer().statementSlow(text, durationMs)
      if (statement.hasTimedOut) observer().statementTimedOut()
      if (cancelling) await cancelling
    }
  }
}
