import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Database, Subscription } from './database.ts'

/** The channel on which the triggers of all tables announce changes. */
const channel = 'entente_changes'

/** For how long a verified connection counts as current. */
const currentForMs = 100

/** Receives messages for the operator. */
export interface ChangesLog {
  info(message: string): void
  warn(message: string): void
}

/**
 * Counts the changes of a database, whoever makes them.
 *
 * The generation rises with each change, and when the connection that listens is lost or new, because changes may have
 * been missed. A result that was read after the generation was noted is as good as the database itself while the
 * generation stays the same and `isCurrent()` holds.
 */
export class Changes {
  readonly #database: Pick<Database, 'listen'>
  readonly #log: ChangesLog
  readonly #events = new EventEmitter().setMaxListeners(0)
  #generation = 0
  #subscribing: Promise<Subscription> | undefined
  #subscription: Subscription | undefined
  #lastReason = ''

  constructor(database: Pick<Database, 'listen'>, log: ChangesLog) {
    this.#database = database
    this.#log = log
  }

  /** Begins to listen, until `close()`. */
  open(): void {
    this.#subscribing ??= this.#subscribe()
  }

  async close(): Promise<void> {
    const subscription = await this.#subscribing
    this.#subscription = undefined
    await subscription?.close()
  }

  /** The number of changes so far. */
  get generation(): number {
    return this.#generation
  }

  /** Counts a change that this process has made itself, before its notification arrives. */
  moved(): void {
    this.#generation += 1
    this.#events.emit('moved')
  }

  /** Resolves at the next change, and at the latest after `timeoutMs`. */
  async next(timeoutMs: number): Promise<void> {
    await once(this.#events, 'moved', { signal: AbortSignal.timeout(timeoutMs) }).catch(() => {})
  }

  /** Whether every change that is 100 ms old or older has been counted. Verifies the connection ahead of time. */
  isCurrent(): boolean {
    const age = this.#age()
    if (age > currentForMs / 2) void this.#subscription?.verify()
    return age < currentForMs
  }

  /** Like `isCurrent`, but waits up to 100 ms for the connection to be verified. */
  async becomesCurrent(): Promise<boolean> {
    if (this.isCurrent()) return true
    await Promise.race([this.#subscription?.verify(), delay(currentForMs, undefined, { ref: false })])
    return this.#age() < currentForMs
  }

  #age(): number {
    return performance.now() - (this.#subscription?.verifiedAt ?? Number.NEGATIVE_INFINITY)
  }

  async #subscribe(): Promise<Subscription> {
    const subscription = await this.#database.listen(channel, {
      onNotification: () => this.moved(),
      onConnect: () => {
        this.#lastReason = ''
        this.moved()
        this.#log.info('The response cache is on: changes of the database are heard.')
      },
      onDisconnect: (reason) => {
        this.moved()
        if (reason !== this.#lastReason) this.#log.warn(`The response cache is off: ${reason}.`)
        this.#lastReason = reason
      },
    })
    this.#subscription = subscription
    return subscription
  }
}
