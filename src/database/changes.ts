import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { type Database, everything, type Subscription } from './database.ts'

/** The channel on which triggers announce changes. The payload is the name of the resource, or `everything`. */
export const changesChannel = 'entente_changes'

/** How long a connection counts as current after its verification. */
const currentForMs = 100

/** Number of latest changes whose times are always stored. */
const minStoredTimes = 1000

/** Receives messages for the operator. */
export interface ChangesLog {
  info(message: string): void
  warn(message: string): void
}

/** The data that a result was read from: the names of resources, or everything. */
export type Dependencies = readonly string[] | typeof everything

type ChangeHandler = (resource: string) => void

/** Waits for a verification, and at most as long as a connection counts as current. */
async function waitBriefly(verification: Promise<unknown> | undefined): Promise<void> {
  await Promise.race([verification, delay(currentForMs, undefined, { ref: false })])
}

/**
 * Counts the changes of a database by resource, including the changes that other programs make.
 *
 * The generation rises with each change, and when the listening connection is lost or reopened, because changes may have
 * been missed. A result is current while `isCurrent()` is true and none of its dependencies has changed since the generation
 * in which its read began.
 */
export class Changes {
  readonly #database: Pick<Database, 'listen' | 'onCommit'>
  readonly #log: ChangesLog
  readonly #events = new EventEmitter<{ change: [resource: string] }>().setMaxListeners(0)
  /** The generation in which each resource changed last. */
  readonly #changedIn = new Map<string, number>()
  /** The last generation in which everything may have changed. */
  #allChangedIn = 0
  #allChangedAt = Number.NEGATIVE_INFINITY
  #generation = 0
  /** The times at which the latest changes were counted, in milliseconds of `performance.now()`, oldest first. */
  #times: { countedAt: number; generation: number }[] = []
  #subscribing: Promise<Subscription> | undefined
  #subscription: Subscription | undefined
  /** Why the connection was lost or could not be opened; emptied when it opens. */
  #lossReason = ''
  #isListening = false

  constructor(database: Pick<Database, 'listen' | 'onCommit'>, log: ChangesLog) {
    this.#database = database
    this.#log = log
  }

  /** Listens for changes until `close()`. */
  open(): void {
    if (this.#subscribing) return
    this.#subscribing = this.#subscribe()
    // Counts changes of this process before their notifications arrive, and before their client has the response.
    this.#database.onCommit((resources) => {
      for (const resource of resources) this.countChange(resource)
    })
  }

  /** Stops listening. After this, `isCurrent()` is false. */
  async close(): Promise<void> {
    const subscription = await this.#subscribing
    this.#subscription = undefined
    await subscription?.close()
  }

  /** The number of changes counted so far, including each opening and loss of the connection. */
  get generation(): number {
    return this.#generation
  }

  /**
   * The time, in ms of `performance.now()`, of the last change that may have affected all resources, such as a change to an
   * internal record, or the loss of the connection.
   */
  get allChangedAt(): number {
    return this.#allChangedAt
  }

  /** Counts a change. @param resource the name of a resource, or `everything`. */
  countChange(resource: string): void {
    this.#generation += 1
    this.#times.push({ countedAt: performance.now(), generation: this.#generation })
    if (this.#times.length >= 2 * minStoredTimes) this.#times = this.#times.slice(-minStoredTimes)
    // Older versions of the service announce changes without a name.
    if (resource === everything || resource === '') {
      this.#allChangedIn = this.#generation
      this.#allChangedAt = performance.now()
    } else this.#changedIn.set(resource, this.#generation)
    this.#events.emit('change', resource === '' ? everything : resource)
  }

  /** Whether any of these dependencies has changed since a generation. */
  hasChanged(dependencies: Dependencies, generation: number): boolean {
    if (dependencies === everything) return this.#generation > generation
    return (
      this.#allChangedIn > generation ||
      dependencies.some((resource) => (this.#changedIn.get(resource) ?? 0) > generation)
    )
  }

  /**
   * Returns the generation at a time: data that was read as of that time includes every change that was counted up to this
   * generation. Returns 0 for times before the oldest stored one.
   * @param timeMs as of `performance.now()`.
   */
  generationAt(timeMs: number): number {
    // A change with exactly this time may have been counted after the read.
    const index = this.#times.findLastIndex(({ countedAt }) => countedAt < timeMs)
    return this.#times[index]?.generation ?? 0
  }

  /** Calls `handler` with the resource of each change: the name of a resource, or everything. */
  onChange(handler: ChangeHandler): void {
    this.#events.on('change', handler)
  }

  /** Resolves at the next change, and at the latest after `timeoutMs`. */
  async waitForChange(timeoutMs: number): Promise<void> {
    await once(this.#events, 'change', { signal: AbortSignal.timeout(timeoutMs) }).catch(() => {})
  }

  /** Whether a connection receives notifications. Unlike `isCurrent`, does not verify the connection. */
  get isListening(): boolean {
    return this.#isListening
  }

  /**
   * Whether every change that is at least 100 ms old has been counted. Starts to verify the connection, without waiting,
   * when the last verification is more than 50 ms old.
   */
  isCurrent(): boolean {
    const age = this.#age()
    if (age > currentForMs / 2) void this.#subscription?.verify()
    return age < currentForMs
  }

  /**
   * Waits for up to 100 ms for a verification that every change committed before this call has been counted.
   * @returns whether the verification has succeeded.
   */
  async catchUp(): Promise<boolean> {
    const calledAt = performance.now()
    const isVerified = () => (this.#subscription?.verifiedAt ?? Number.NEGATIVE_INFINITY) >= calledAt
    const verifyTwice = async () => {
      // A verification in progress may have started before this call.
      await this.#subscription?.verify()
      if (!isVerified()) await this.#subscription?.verify()
    }
    await waitBriefly(verifyTwice())
    return isVerified()
  }

  /** Like `isCurrent`, but waits up to 100 ms for the connection to be verified. */
  async waitUntilCurrent(): Promise<boolean> {
    if (this.isCurrent()) return true
    await waitBriefly(this.#subscription?.verify())
    return this.#age() < currentForMs
  }

  #age(): number {
    return performance.now() - (this.#subscription?.verifiedAt ?? Number.NEGATIVE_INFINITY)
  }

  async #subscribe(): Promise<Subscription> {
    const subscription = await this.#database.listen(changesChannel, {
      onNotification: (payload) => this.countChange(payload),
      onConnect: () => {
        this.#isListening = true
        this.countChange(everything)
        // If no attempt has failed, the first connection is not logged, because the first line in the terminal is the address of
        // the service.
        if (this.#lossReason !== '')
          this.#log.info('The response cache is on again: notifications of changes arrive.')
        this.#lossReason = ''
      },
      onDisconnect: (reason) => {
        this.#isListening = false
        this.countChange(everything)
        if (reason !== this.#lossReason) this.#log.warn(`The response cache is off: ${reason}.`)
        this.#lossReason = reason
      },
    })
    this.#subscription = subscription
    return subscription
  }
}
