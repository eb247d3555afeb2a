import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, everything, type Subscription } from './database.ts'

/** The channel on which triggers announce changes: the name of the resource, or `everything`. */
const channel = 'entente_changes'

/** For how long a verified connection counts as current. */
const currentForMs = 100

/** Maximum number of changes whose times are kept. */
const maxMoments = 1000

/** Receives messages for the operator. */
export interface ChangesLog {
  info(message: string): void
  warn(message: string): void
}

/** The data that a result was read from: the names of resources, or everything. */
export type Sources = readonly string[] | typeof everything

type ChangeHandler = (source: string) => void

/**
 * Counts the changes of a database by resource, also those that other programs make.
 *
 * The generation rises with each change, and when the listening connection is lost or reopened, because changes may have
 * been missed. A result is current while none of its sources has changed since the generation noted before the read, and
 * `isCurrent()` holds.
 */
export class Changes {
  readonly #database: Pick<Database, 'listen' | 'onCommit'>
  readonly #log: ChangesLog
  readonly #events = new EventEmitter<{ moved: [source: string] }>().setMaxListeners(0)
  /** The generation in which each resource changed last. */
  readonly #changedIn = new Map<string, number>()
  /** The generation in which everything may have changed last. */
  #allChangedIn = 0
  #allChangedAt = Number.NEGATIVE_INFINITY
  #generation = 0
  /** When the last changes were counted, in milliseconds of `performance.now()`: the oldest first. */
  #moments: { at: number; generation: number }[] = []
  #subscribing: Promise<Subscription> | undefined
  #subscription: Subscription | undefined
  #lastReason = ''
  #isListening = false

  constructor(database: Pick<Database, 'listen' | 'onCommit'>, log: ChangesLog) {
    this.#database = database
    this.#log = log
  }

  /** Begins to listen, until `close()`. */
  open(): void {
    if (this.#subscribing) return
    this.#subscribing = this.#subscribe()
    // Before their notifications arrive, and before their client has the response.
    this.#database.onCommit((announced) => {
      for (const source of announced) this.moved(source)
    })
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

  /** When everything may have changed last, such as what is public: a moment of `performance.now()`. */
  get allChangedAt(): number {
    return this.#allChangedAt
  }

  /** Counts a change. @param source the name of a resource. */
  moved(source: string): void {
    this.#generation += 1
    this.#moments.push({ at: performance.now(), generation: this.#generation })
    if (this.#moments.length >= 2 * maxMoments) this.#moments = this.#moments.slice(-maxMoments)
    // What older versions of the service announce has no name.
    if (source === everything || source === '') {
      this.#allChangedIn = this.#generation
      this.#allChangedAt = performance.now()
    } else this.#changedIn.set(source, this.#generation)
    this.#events.emit('moved', source === '' ? everything : source)
  }

  /** Whether any of these sources has changed since a generation. */
  hasChanged(sources: Sources, since: number): boolean {
    if (sources === everything) return this.#generation > since
    return this.#allChangedIn > since || sources.some((source) => (this.#changedIn.get(source) ?? 0) > since)
  }

  /**
   * The generation at a time of `performance.now()`: data that was read as of that time has every change that was counted
   * up to this generation. 0 for times before the oldest kept change.
   */
  generationAt(moment: number): number {
    // A change of the same moment may have been counted after it.
    const index = this.#moments.findLastIndex(({ at }) => at < moment)
    return this.#moments[index]?.generation ?? 0
  }

  /** Calls `handler` with the source of each change: the name of a resource, or everything. */
  onChange(handler: ChangeHandler): void {
    this.#events.on('moved', handler)
  }

  /** Resolves at the next change, and at the latest after `timeoutMs`. */
  async next(timeoutMs: number): Promise<void> {
    await once(this.#events, 'moved', { signal: AbortSignal.timeout(timeoutMs) }).catch(() => {})
  }

  /** Whether there is a connection on which notifications arrive. Unlike `isCurrent`, it does not verify it. */
  get isListening(): boolean {
    return this.#isListening
  }

  /** Whether every change that is 100 ms old or older has been counted. Verifies the connection ahead of time. */
  isCurrent(): boolean {
    const age = this.#age()
    if (age > currentForMs / 2) void this.#subscription?.verify()
    return age < currentForMs
  }

  /** Verifies that every change has been counted that was committed before this call. Waits up to 100 ms. */
  async catchUp(): Promise<boolean> {
    const calledAt = performance.now()
    const isVerified = () => (this.#subscription?.verifiedAt ?? Number.NEGATIVE_INFINITY) >= calledAt
    const verifyTwice = async () => {
      // A verification in progress may have started before this call.
      await this.#subscription?.verify()
      if (!isVerified()) await this.#subscription?.verify()
    }
    await Promise.race([verifyTwice(), delay(currentForMs, undefined, { ref: false })])
    return isVerified()
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
      onNotification: (payload) => this.moved(payload),
      onConnect: () => {
        this.#isListening = true
        this.moved(everything)
        // The first line of the terminal is the address, so a start logs nothing here.
        if (this.#lastReason !== '')
          this.#log.info('The response cache is on again: changes of the database are heard.')
        this.#lastReason = ''
      },
      onDisconnect: (reason) => {
        this.#isListening = false
        this.moved(everything)
        if (reason !== this.#lastReason) this.#log.warn(`The response cache is off: ${reason}.`)
        this.#lastReason = reason
      },
    })
    this.#subscription = subscription
    return subscription
  }
}
