import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { errorCode } from '../error-code.ts'

/** The channel on which the triggers of all tables announce changes. */
const channel = 'entente_changes'

/** For how long a proof that the connection hears everything is relied on, in milliseconds. */
const proofHolds = 100

/** After how long without an answer the connection counts as severed, in milliseconds. */
const patience = 1000

/** The longest pause between attempts to listen again, in milliseconds. */
const longestPause = 5000

/** What is told about the connection, to those who run the service. */
export interface ChangesLog {
  info(message: string): void
  warn(message: string): void
}

/**
 * Watches a database for changes by whomever, on a connection of its own that PostgreSQL sends notifications to.
 *
 * The generation counts up with each change, and when the connection is lost or new, since changes may have been
 * missed then. What was read from the database after the generation was is as good as the database itself while
 * that generation lasts and `isCurrent()` holds: PostgreSQL sends the notifications of a commit before it answers a
 * later question on the same connection, so an answer proves that every change before the question has been heard.
 * A connection that has silently been cut proves nothing, so at most 100 ms pass before it is no longer believed.
 *
 * It works through no pooler in transaction mode, which gives each transaction another session. So notifications are
 * believed only after one that was sent through the pool has been heard, which also proves that both are connected
 * to the same database.
 */
export class Changes {
  readonly #pool: pg.Pool
  readonly #connection: pg.ClientConfig
  readonly #log: ChangesLog
  readonly #closing = new AbortController()
  readonly #echo = `entente_${randomUUID().replaceAll('-', '')}`
  readonly #events = new EventEmitter().setMaxListeners(0)
  #generation = 0
  #client: pg.Client | undefined
  #provenAt = Number.NEGATIVE_INFINITY
  #proving: Promise<unknown> | undefined
  #running: Promise<void> | undefined

  /**
   * @param pool the database, as the service changes and reads it.
   * @param url where to listen; undefined for where the pool connects.
   */
  constructor(pool: pg.Pool, url: string | undefined, log: ChangesLog) {
    this.#pool = pool
    this.#connection = url === undefined ? pool.options : { connectionString: url }
    this.#log = log
  }

  /** Begins to listen, and goes on to until `close()`, whatever happens to the connection. */
  open(): void {
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  /** Counts changes of the database; never the same again once something has changed. */
  get generation(): number {
    return this.#generation
  }

  /** Counts a change that this process has made itself, which need not wait for its notification. */
  moved(): void {
    this.#generation += 1
    this.#events.emit('moved')
  }

  /** Resolves at the next change, and at the latest after so many milliseconds. */
  async next(milliseconds: number): Promise<void> {
    await once(this.#events, 'moved', { signal: AbortSignal.timeout(milliseconds) }).catch(() => {})
  }

  /** Whether every change that was made 100 ms ago or earlier has been counted. Seeks a new proof in good time. */
  isCurrent(): boolean {
    const age = performance.now() - this.#provenAt
    if (age > proofHolds / 2) this.#prove()
    return age < proofHolds
  }

  /** The same after seeking a proof if there is none, for 100 ms at most. */
  async becomesCurrent(): Promise<boolean> {
    if (this.isCurrent()) return true
    await this.#prove()
    return performance.now() - this.#provenAt < proofHolds
  }

  #prove(): Promise<unknown> | undefined {
    const client = this.#client
    if (!client) return undefined
    this.#proving ??= Promise.race([
      this.#ask(client).finally(() => {
        this.#proving = undefined
      }),
      delay(proofHolds, undefined, { ref: false }),
    ])
    return this.#proving
  }

  async #ask(client: pg.Client): Promise<void> {
    const asked = performance.now()
    try {
      const { rowCount } = await client.query(
        `select from pg_listening_channels() as heard where heard = '${channel}'`,
      )
      if (rowCount !== 1) throw new Error('the session listens no longer')
      if (client === this.#client) this.#provenAt = asked
    } catch {
      this.#lose(client)
    }
  }

  /** From here on nothing that was read before is relied on. */
  #lose(client: pg.Client): void {
    if (client === this.#client) {
      this.#client = undefined
      this.#provenAt = Number.NEGATIVE_INFINITY
      this.moved()
    }
    client.end().catch(() => {})
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    let told = ''
    for (let failures = 0; !signal.aborted; failures += 1) {
      const reason = await this.#listen(() => {
        failures = 0
        told = ''
        this.#log.info('The response cache is on: changes of the database are heard.')
      }).then(
        () => 'the connection that hears of changes was lost',
        (error: unknown) => reasonOf(error),
      )
      if (signal.aborted) return
      if (reason !== told) this.#log.warn(`The response cache is off: ${reason}.`)
      told = reason
      const pause = Math.min(50 * 2 ** failures, longestPause)
      await delay(pause, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  /** Listens for as long as the connection holds. @throws when it can't be had, or is not believed. */
  async #listen(begun: () => void): Promise<void> {
    const client = new pg.Client({
      ...this.#connection,
      application_name: 'entente-changes',
      connectionTimeoutMillis: 5000,
      query_timeout: patience,
      keepAlive: true,
    })
    // What goes wrong ends the connection, too, and that is waited for.
    client.on('error', () => {})
    const ended = once(client, 'end')
    const close = () => this.#lose(client)
    this.#closing.signal.addEventListener('abort', close)
    const beating = setInterval(() => this.#prove(), patience).unref()
    try {
      // A connection that is ended while it is being made never says so to who waits for it.
      await Promise.race([client.connect(), ended])
      await this.#requireEcho(client)
      client.on('notification', (heard) => {
        if (heard.channel === channel) this.moved()
      })
      await client.query(`listen ${channel}`)
      this.moved()
      this.#client = client
      await this.#prove()
      if (this.#client === client) begun()
      await ended
    } finally {
      clearInterval(beating)
      this.#closing.signal.removeEventListener('abort', close)
      this.#lose(client)
    }
  }

  async #requireEcho(client: pg.Client): Promise<void> {
    const heard = new Promise<'heard'>((resolve) => {
      client.on('notification', (notification) => {
        if (notification.channel === this.#echo) resolve('heard')
      })
    })
    await client.query(`listen ${this.#echo}`)
    await this.#pool.query('select pg_notify($1, $2)', [this.#echo, ''])
    const outcome = await Promise.race([heard, delay(patience, 'nothing', { ref: false })])
    if (outcome === 'nothing') {
      throw new Error(
        'notifications do not arrive, as through a pooler in transaction mode; LISTEN_DATABASE_URL can name a direct way to the same database',
      )
    }
    await client.query(`unlisten ${this.#echo}`)
  }
}

function reasonOf(error: unknown): string {
  const code = errorCode(error)
  if (code !== '') return `the connection that hears of changes cannot be had (${code})`
  return error instanceof Error ? error.message : String(error)
}
