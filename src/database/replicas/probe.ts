import pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { sessionSettings } from '../session-settings.ts'
import { withTimeout } from '../with-timeout.ts'
import { Sockets } from './sockets.ts'

/** Timeout of the statement, and of opening a connection, in milliseconds. After a timeout, the server counts as unreachable. */
const probeTimeoutMs = 500

/** Pause in milliseconds after the first failure. It doubles with each further failure. */
const minBackoffMs = 50
const maxBackoffMs = 2000

/** Receives the results of a probe. */
export interface ProbeHandler<Row> {
  /** @param sentAt time of `performance.now()` before the statement was sent. */
  onResult(row: Row, sentAt: number): void
  /** The statement failed or timed out, the connection was refused or lost, or `fail` was called. */
  onFailure(reason: string): void
}

/**
 * Runs a statement on a server when `run` is called. All runs use one connection, which belongs to no pool. After each
 * failure the probe pauses for longer.
 */
export class Probe<Row extends pg.QueryResultRow> {
  readonly #url: string
  readonly #statement: string
  readonly #handler: ProbeHandler<Row>
  readonly #sockets = new Sockets()
  #client: pg.Client | undefined
  #running: Promise<void> | undefined
  #failures = 0
  #backoffUntil = 0
  #isClosed = false

  /** @param statement a statement that returns one row. */
  constructor(url: string, statement: string, handler: ProbeHandler<Row>) {
    this.#url = url
    this.#statement = statement
    this.#handler = handler
  }

  /**
   * Runs the statement or, if it is running already, waits for its end. Does nothing during a pause after a failure. Resolves
   * after success and after failure; never rejects.
   */
  async run(): Promise<void> {
    if (performance.now() < this.#backoffUntil || this.#isClosed) return
    this.#running ??= this.#runStatement().finally(() => {
      this.#running = undefined
    })
    await this.#running
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#client = undefined
    this.#sockets.destroyAll()
    await this.#running
  }

  async #runStatement(): Promise<void> {
    try {
      const client = this.#client ?? (await this.#connect())
      const sentAt = performance.now()
      const { rows } = await withTimeout(client.query<Row>(this.#statement), probeTimeoutMs)
      const [row] = rows
      if (!row) throw new Error('the statement returned no row')
      this.#handler.onResult(row, sentAt)
      // The handler may have called `fail`, which has closed the connection.
      if (client === this.#client) this.#failures = 0
    } catch (error) {
      this.fail(error)
    }
  }

  /** Reports a failure, closes the connection and pauses the probe. */
  fail(error: unknown): void {
    this.#client = undefined
    this.#sockets.destroyAll()
    if (this.#isClosed) return
    this.#backoffUntil = performance.now() + Math.min(minBackoffMs * 2 ** this.#failures, maxBackoffMs)
    this.#failures += 1
    // If pg tried several addresses and all of them failed, the error has a code and no message.
    this.#handler.onFailure((error instanceof Error && error.message) || errorCode(error) || String(error))
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'entente probe',
      connectionTimeoutMillis: probeTimeoutMs,
      keepAlive: true,
      stream: this.#sockets.create,
    })
    const onLoss = () => {
      if (client === this.#client) this.fail(new Error('the connection was lost'))
    }
    client.on('error', onLoss).on('end', onLoss)
    await withTimeout(client.connect(), probeTimeoutMs)
    await withTimeout(client.query(sessionSettings), probeTimeoutMs)
    this.#client = client
    return client
  }
}
