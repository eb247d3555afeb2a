import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage } from '../../error-message.ts'
import type { SharedLock } from './shared-lock.ts'

/** Pause before the second attempt to restore the connection, in milliseconds. It doubles with each further attempt. */
const minBackoffMs = 100
const maxBackoffMs = 10_000

/** If a restored connection lasts at least this long, the first attempt to restore it again has no pause. */
const stableAfterMs = 10_000

/** Receives events of the embedded server. */
export interface ServerObserver {
  /** The connection to the server was lost, or the reason why it cannot be restored has changed. */
  serverDisconnected?(reason: string): void
  /** The connection is restored. */
  serverReconnected?(): void
  /** The server did not stop in time, and is stopped immediately. */
  serverStoppedImmediately?(): void
}

/**
 * Keeps an embedded server running. When the connection that holds the shared lock is lost, starts the server if it has stopped,
 * and takes the lock again, with retries until this succeeds or `stop` is called. PostgreSQL closes all connections when it
 * stops, and also when one of its processes crashes: then the server itself continues to run.
 */
export class Supervisor {
  /** Why the connection is lost; undefined while it is open. */
  outage: string | undefined
  observer: ServerObserver = {}
  #lock: SharedLock
  readonly #rejoin: (signal: AbortSignal) => Promise<SharedLock>
  readonly #isReady: () => Promise<boolean>
  readonly #stopping = new AbortController()
  readonly #supervision: Promise<void>
  #rejoinedAt = Number.NEGATIVE_INFINITY
  /** Pause before the next attempt to restore the connection, in milliseconds. */
  #backoffMs = 0

  /**
   * @param rejoin starts the server if it does not run, and takes the shared lock again.
   * @param isReady whether the server runs, and is neither starting nor stopping.
   */
  constructor(
    lock: SharedLock,
    rejoin: (signal: AbortSignal) => Promise<SharedLock>,
    isReady: () => Promise<boolean>,
  ) {
    this.#lock = lock
    this.#rejoin = rejoin
    this.#isReady = isReady
    this.#supervision = this.#run(this.#stopping.signal)
  }

  /** Stops supervising, and returns the shared lock. The server continues to run. */
  async stop(): Promise<SharedLock> {
    this.#stopping.abort()
    await this.#supervision
    return this.#lock
  }

  async #run(signal: AbortSignal): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    while (!signal.aborted) {
      await Promise.race([this.#lock.lost, stopped])
      if (signal.aborted) return
      this.#setOutage('The connection to the embedded PostgreSQL was lost, and is being restored.')
      await this.#reconnect(signal)
    }
  }

  async #reconnect(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#rejoinedAt >= stableAfterMs) this.#backoffMs = 0
    // A server that is ready need not be started, so the first attempt to join it again does not wait long.
    const isReady = await this.#isReady().catch(() => false)
    let pauseMs = isReady ? Math.min(minBackoffMs, this.#backoffMs) : this.#backoffMs
    for (;;) {
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      this.#backoffMs = Math.min(Math.max(minBackoffMs, 2 * this.#backoffMs), maxBackoffMs)
      pauseMs = this.#backoffMs
      try {
        this.#lock = await this.#rejoin(signal)
        this.#rejoinedAt = performance.now()
        this.outage = undefined
        return this.observer.serverReconnected?.()
      } catch (error) {
        if (!signal.aborted) this.#setOutage(errorMessage(error))
      }
    }
  }

  #setOutage(reason: string): void {
    if (reason === this.outage) return
    this.outage = reason
    this.observer.serverDisconnected?.(reason)
  }
}
