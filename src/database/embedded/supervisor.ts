import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedLock } from './shared-lock.ts'

/** Pause before the second attempt to start the server again, in milliseconds. It doubles with each further attempt. */
const minPauseMs = 100
const maxPauseMs = 10_000

/** A server that has run for this time is started again without a pause. */
const stableAfterMs = 10_000

/** Receives events of the embedded server. */
export interface ServerObserver {
  /** The server has ended, or the reason why it cannot be started has changed. */
  serverStopped?(reason: string): void
  /** The server runs again. */
  serverRestarted?(): void
}

/**
 * Keeps an embedded server running: when the server ends for any reason, starts it again, with retries until it runs or
 * `stop` is called. Notices the end by the connection of the shared lock, which PostgreSQL closes when it ends or crashes.
 */
export class Supervisor {
  /** Why the server is down; undefined while it runs. */
  outage: string | undefined
  observer: ServerObserver = {}
  #lock: SharedLock
  readonly #rejoin: (signal: AbortSignal) => Promise<SharedLock>
  readonly #isRunning: () => Promise<boolean>
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #rejoinedAt = Number.NEGATIVE_INFINITY
  /** Pause before the next attempt to start the server, in milliseconds. */
  #pauseMs = 0

  /**
   * @param rejoin starts the server if it does not run, and takes the shared lock again.
   * @param isRunning whether the server runs. It closes all connections when one of its processes crashes, and continues.
   */
  constructor(
    lock: SharedLock,
    rejoin: (signal: AbortSignal) => Promise<SharedLock>,
    isRunning: () => Promise<boolean>,
  ) {
    this.#lock = lock
    this.#rejoin = rejoin
    this.#isRunning = isRunning
    this.#running = this.#run(this.#stopping.signal)
  }

  /** Stops supervising, and returns the shared lock. The server continues to run. */
  async stop(): Promise<SharedLock> {
    this.#stopping.abort()
    await this.#running
    return this.#lock
  }

  async #run(signal: AbortSignal): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    while (!signal.aborted) {
      await Promise.race([this.#lock.lost, stopped])
      if (signal.aborted) return
      this.#setOutage('The embedded PostgreSQL has stopped, and is being started again.')
      await this.#restart(signal)
    }
  }

  async #restart(signal: AbortSignal): Promise<void> {
    if (performance.now() - this.#rejoinedAt >= stableAfterMs) this.#pauseMs = 0
    // A server that runs need not be started, so the first attempt to join it again does not wait long.
    const isRunning = await this.#isRunning().catch(() => false)
    let pauseMs = isRunning ? Math.min(minPauseMs, this.#pauseMs) : this.#pauseMs
    for (;;) {
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      this.#pauseMs = Math.min(Math.max(minPauseMs, 2 * this.#pauseMs), maxPauseMs)
      pauseMs = this.#pauseMs
      try {
        this.#lock = await this.#rejoin(signal)
        this.#rejoinedAt = performance.now()
        this.outage = undefined
        return this.observer.serverRestarted?.()
      } catch (error) {
        if (!signal.aborted) this.#setOutage(error instanceof Error ? error.message : String(error))
      }
    }
  }

  #setOutage(reason: string): void {
    if (reason === this.outage) return
    this.outage = reason
    this.observer.serverStopped?.(reason)
  }
}
