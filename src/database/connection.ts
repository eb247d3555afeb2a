import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { isSessionLost } from './errors.ts'
import type { Statement } from './statement.ts'

/** Milliseconds from a cancel request to closing the connection. PostgreSQL may still finish the statement after that. */
export const cancelTimeoutMs = 1000

/**
 * Prepared statements that a connection may keep; PostgreSQL needs about 100 kB for each. pg cannot forget one, so a
 * connection that has more is closed when it is released.
 */
const maxPreparedStatements = 200

/** Limits of each statement. */
export interface StatementLimits {
  statementTimeoutMs: number
  /** Statements that take at least this long are reported as slow. */
  slowStatementMs: number
}

/** Receives what metrics and the log report. Texts never hold values. */
export interface DatabaseObserver {
  /** No connection was available: the queue was full, or the wait took too long. */
  refused(why: 'queue' | 'wait'): void
  /** A statement was cancelled after `statementTimeoutMs`. */
  stopped(text: string): void
  /** A statement took at least `slowStatementMs`. */
  slow(text: string, durationMs: number): void
}

/** State of a client of the pool. */
export interface ClientState {
  /** The `application_name` of this client alone, by which its statement is cancelled. */
  name: string
  preparedNames: Set<string>
}

export interface ConnectionServices {
  limits: StatementLimits
  observer(): DatabaseObserver
  /** Cancels what the client with this `application_name` runs. Never rejects. */
  cancel(name: string): Promise<void>
}

interface RunOptions {
  signal?: AbortSignal | undefined
  /** False for a commit, which is waited for instead. */
  cancellable?: boolean
}

/** A client of the pool, from `acquire` to `release`. Every statement runs through `#run`, which holds the limits. */
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
   * @throws PostgreSQL's error, which is `query_canceled` (57014) after `statementTimeoutMs`, or the reason of `signal`.
   */
  query<Row extends pg.QueryResultRow>(statement: Statement, signal?: AbortSignal): Promise<Row[]> {
    if (statement.name !== undefined) this.#state.preparedNames.add(statement.name)
    const submit = async () => (await this.#client.query<Row>(statement)).rows
    return this.#run(statement.text, submit, { signal })
  }

  /** Runs one or more statements without values, such as `begin; set local …`. Ignores rows. */
  async execute(text: string, options?: RunOptions): Promise<void> {
    await this.#run(text, () => this.#client.query(text), options)
  }

  /**
   * Starts `COPY … TO STDOUT`. Resolves when the first bytes can be read, and limits only the time until then.
   * @param label names the statement in the log, without its values.
   */
  async copy(text: string, label: string, signal?: AbortSignal): Promise<Readable> {
    const stream = this.#client.query(copyTo(text))
    // A lost connection is reported here also when nobody reads the stream any more.
    stream.on('error', () => {})
    await this.#run(label, () => once(stream, 'readable'), { signal })
    return stream
  }

  /** Makes `release` close the connection. */
  discard(): void {
    this.#isBroken = true
  }

  /** Returns the connection to the pool, or closes it when it failed. Does nothing the second time. */
  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#client.release(this.#isBroken || this.#state.preparedNames.size > maxPreparedStatements)
  }

  /** Closes the connection and cancels what it runs. Does nothing when it is released. */
  async destroy(): Promise<void> {
    if (this.#isReleased) return
    this.#close()
    // A statement that only sorts or waits does not notice that its socket is closed.
    await this.#services.cancel(this.#state.name)
  }

  #close(): void {
    this.discard()
    this.release()
  }

  async #run<T>(text: string, submit: () => Promise<T>, options: RunOptions = {}): Promise<T> {
    const { signal, cancellable = true } = options
    const { limits, observer, cancel } = this.#services
    signal?.throwIfAborted()
    let isLate = false
    let cancelling: Promise<void> | undefined
    let closeTimer: NodeJS.Timeout | undefined
    const stop = () => {
      if (closeTimer) return
      if (cancellable) cancelling = cancel(this.#state.name)
      closeTimer = setTimeout(() => this.#close(), cancelTimeoutMs)
    }
    const timer = setTimeout(() => {
      isLate = true
      stop()
    }, limits.statementTimeoutMs)
    signal?.addEventListener('abort', stop)
    const startedAt = performance.now()
    try {
      return await submit()
    } catch (error) {
      if (isSessionLost(error)) this.discard()
      if (signal?.aborted) throw signal.reason
      throw error
    } finally {
      clearTimeout(timer)
      clearTimeout(closeTimer)
      signal?.removeEventListener('abort', stop)
      const durationMs = performance.now() - startedAt
      if (durationMs >= limits.slowStatementMs) observer().slow(text, durationMs)
      if (isLate) observer().stopped(text)
      // The next statement on this connection must not be the one that is cancelled.
      if (cancelling) await cancelling
    }
  }
}
