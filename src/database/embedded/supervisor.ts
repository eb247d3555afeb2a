import { setTimeout as sleep } from 'node:timers/promises'
import type { SharedLock } from './shared-lock.ts'

/** Maximum pause between two attempts to start the server again, in milliseconds. */
const maxPauseMs = 10_000

/** Receives what happens to a server that the service runs itself. */
export interface ServerObserver {
  /** The server is gone, or cannot be started yet for another reason than the one before. */
  lost?(reason: string): void
  restored?(): void
}

/**
 * Keeps an embedded server running: when it has gone, whatever the reason, it is started again, until that succeeds or
 * `stop` is called. The shared lock tells when it has gone: PostgreSQL cuts its connection at each end and crash.
 */
export class Supervisor {
  /** Why the server is away; undefined while it runs. */
  outage: string | undefined
  observer: ServerObserver = {}
  #lock: SharedLock
  readonly #rejoin: (signal: AbortSignal) => Promise<SharedLock>
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  /** @param rejoin starts the server unless it runs, and takes a share again. */
  constructor(lock: SharedLock, rejoin: (signal: AbortSignal) => Promise<SharedLock>) {
    this.#lock = lock
    this.#rejoin = rejoin
    this.#running = this.#run(this.#stopping.signal)
  }

  /** Lets the server alone from now on, and returns the share in it. */
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
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
      try {
        this.#lock = await this.#rejoin(signal)
        this.outage = undefined
        return this.observer.restored?.()
      } catch (error) {
        if (!signal.aborted) this.#setOutage(error instanceof Error ? error.message : String(error))
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  #setOutage(reason: string): void {
    if (reason === this.outage) return
    this.outage = reason
    this.observer.lost?.(reason)
  }
}
