import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Mutex } from 'async-mutex'
import pg from 'pg'
import { errorCode } from '../error-code.ts'
import { errorMessage } from '../error-message.ts'
import { withTimeout } from './with-timeout.ts'

/** How often the connection is verified, and how long PostgreSQL may take to answer. */
const heartbeatMs = 500

const connectTimeoutMs = 5000

/** How long LISTEN, the arrival of the notification, and UNLISTEN may each take in the echo test (`#requireEcho`). */
const echoTimeoutMs = 1000

/** Delay before the first attempt to connect again. It doubles with each further attempt. */
const minReconnectDelayMs = 50

/** Maximum delay between attempts to connect. */
const maxReconnectDelayMs = 5000

/** Handles the notifications of a channel. */
export interface ListenHandler {
  onNotification(payload: string): void
  /** Called when the connection listens, and again after each reconnect. Earlier notifications may have been missed. */
  onConnect?(): void
  /** Called when the connection ends, and when opening a new one fails. Until `onConnect`, notifications may be missed. */
  onDisconnect?(reason: string): void
}

/** What `listen` returns: how current the handler is, how to verify the connection, and how to remove the handler. */
export interface Subscription {
  /**
   * Time at which the last successful verification was sent, in milliseconds of `performance.now()`; negative infinity if
   * there was none since the connection began to listen to the channel. All notifications before that time have arrived,
   * since PostgreSQL sends the notifications of a commit before it answers a later statement on the same connection.
   */
  readonly verifiedAt: number
  /**
   * Verifies the connection. Resolves when PostgreSQL has answered or failed; without a connection, immediately. If a
   * verification is in progress, waits for that one, which was sent before this call.
   */
  verify(): Promise<void>
  close(): Promise<void>
}

/** A handler with its channel. */
interface Entry {
  channel: string
  handler: ListenHandler
  /** Time at which the connection began to listen to the channel; infinity while it does not listen. */
  activeSince: number
}

/** A connection that runs one statement after another, since a `pg.Client` must not get a statement while it runs another. */
class ListeningConnection {
  readonly client: pg.Client
  readonly #statements = new Mutex()

  constructor(url: string) {
    this.client = new pg.Client({
      connectionString: url,
      application_name: 'entente listener',
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    })
  }

  query<Row extends pg.QueryResultRow>(text: string): Promise<pg.QueryResult<Row>> {
    return this.#statements.runExclusive(() => this.client.query<Row>(text))
  }
}

/**
 * Listens for notifications on one connection for all channels, and reconnects when it is lost. It connects for the first
 * subscription and disconnects after the last one is closed. A closed connection is noticed immediately, and a connection
 * that hangs is noticed within a second.
 *
 * LISTEN does not work through a pooler in transaction mode. So a connection is used only after it has received a
 * notification that was sent through the pool, which also proves that connection and pool lead to the same database.
 */
export class Listener {
  readonly #url: string
  readonly #notify: (channel: string) => Promise<void>
  readonly #entries = new Set<Entry>()
  #connection: ListeningConnection | undefined
  #verifiedAt = Number.NEGATIVE_INFINITY
  #verifying: Promise<void> | undefined
  #stopController: AbortController | undefined
  #running: Promise<void> | undefined

  /** @param notify sends an empty notification to a channel through the pool. */
  constructor(url: string, notify: (channel: string) => Promise<void>) {
    this.#url = url
    this.#notify = notify
  }

  /** Adds a handler, which is called as soon as there is a connection. Never rejects. */
  async listen(channel: string, handler: ListenHandler): Promise<Subscription> {
    const entry: Entry = { channel, handler, activeSince: Number.POSITIVE_INFINITY }
    this.#entries.add(entry)
    // If the listener is being closed, `#start` starts it again once it is closed.
    if (this.#connection && !this.#stopController?.signal.aborted)
      await this.#activate(this.#connection, [entry]).catch(() => this.#connection?.client.end())
    else this.#start()
    const verifiedAt = () =>
      this.#verifiedAt >= entry.activeSince ? this.#verifiedAt : Number.NEGATIVE_INFINITY
    return {
      get verifiedAt() {
        return verifiedAt()
      },
      verify: () => this.#verify(),
      close: async () => {
        this.#entries.delete(entry)
        if (this.#entries.size === 0) await this.close()
      },
    }
  }

  async close(): Promise<void> {
    this.#stopController?.abort()
    await this.#running
  }

  #start(): void {
    if (this.#stopController && !this.#stopController.signal.aborted) return
    const stopController = new AbortController()
    this.#stopController = stopController
    this.#running = Promise.resolve(this.#running).then(() => this.#run(stopController.signal))
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const reason = await this.#listenUntilLost(signal, () => {
        failures = 0
      }).catch(describeFailure)
      for (const entry of this.#entries) entry.handler.onDisconnect?.(reason)
      const pauseMs = Math.min(minReconnectDelayMs * 2 ** failures, maxReconnectDelayMs)
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  /** Listens until the connection is lost, and then rejects with the reason. Never resolves. */
  async #listenUntilLost(signal: AbortSignal, onConnect: () => void): Promise<never> {
    const connection = new ListeningConnection(this.#url)
    const { client } = connection
    let end = () => {}
    const ended = new Promise<never>((_, reject) => {
      end = () => reject(new Error('the connection that listens for notifications was lost'))
    })
    client.on('error', end).once('end', end)
    signal.addEventListener('abort', end, { once: true })
    ended.catch(() => {})
    const heartbeat = setInterval(() => this.#verify(), heartbeatMs).unref()
    try {
      await Promise.race([client.connect(), ended])
      await Promise.race([this.#requireEcho(client), ended])
      client.on('notification', ({ channel, payload = '' }) => {
        for (const entry of this.#entries)
          if (entry.channel === channel) entry.handler.onNotification(payload)
      })
      // Set before `#activate`, so that `listen` activates the entries that are added meanwhile.
      this.#connection = connection
      await Promise.race([this.#activate(connection, [...this.#entries]), ended])
      onConnect()
      return await ended
    } finally {
      clearInterval(heartbeat)
      signal.removeEventListener('abort', end)
      this.#markDisconnected()
      await Promise.race([client.end(), delay(heartbeatMs, undefined, { ref: false })]).catch(() => {})
    }
  }

  async #activate(connection: ListeningConnection, entries: Entry[]): Promise<void> {
    for (const entry of entries) {
      await connection.query(`listen ${pg.escapeIdentifier(entry.channel)}`)
      entry.activeSince = performance.now()
      entry.handler.onConnect?.()
    }
  }

  /** Notes that no handler gets notifications. The caller closes the connection. */
  #markDisconnected(): void {
    this.#connection = undefined
    this.#verifiedAt = Number.NEGATIVE_INFINITY
    for (const entry of this.#entries) entry.activeSince = Number.POSITIVE_INFINITY
  }

  async #verify(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    this.#verifying ??= this.#checkChannels(connection).finally(() => {
      this.#verifying = undefined
    })
    await this.#verifying
  }

  async #checkChannels(connection: ListeningConnection): Promise<void> {
    const sentAt = performance.now()
    const active = [...this.#entries].filter(({ activeSince }) => activeSince <= sentAt)
    try {
      const channels = await withTimeout(
        connection.query<{ channel: string }>('select channel from pg_listening_channels() as channel'),
        heartbeatMs,
      )
      const isListening = (name: string) => channels.rows.some(({ channel }) => channel === name)
      if (!active.every(({ channel }) => isListening(channel))) throw new Error('LISTEN has ended')
      if (connection === this.#connection) this.#verifiedAt = sentAt
    } catch {
      // The event `end` makes `#listenUntilLost` reject.
      if (connection === this.#connection) this.#markDisconnected()
      connection.client.end().catch(() => {})
    }
  }

  /** The echo test. @throws Error unless a notification that is sent through the pool arrives on this connection. */
  async #requireEcho(client: pg.Client): Promise<void> {
    const echo = `entente_${randomUUID().replaceAll('-', '')}`
    const received = new Promise<true>((resolve) => {
      client.on('notification', ({ channel }) => {
        if (channel === echo) resolve(true)
      })
    })
    await withTimeout(client.query(`listen ${echo}`), echoTimeoutMs)
    await this.#notify(echo)
    if (!(await Promise.race([received, delay(echoTimeoutMs, false, { ref: false })]))) {
      throw new Error(
        'notifications do not arrive, perhaps because of a pooler in transaction mode; set LISTEN_DATABASE_URL to a direct connection to the same database',
      )
    }
    await withTimeout(client.query(`unlisten ${echo}`), echoTimeoutMs)
  }
}

function describeFailure(error: unknown): string {
  const code = errorCode(error)
  if (code !== '') return `the connection that listens for notifications failed (${code})`
  return errorMessage(error)
}
