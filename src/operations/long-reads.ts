import { Semaphore, tryAcquire, withTimeout } from 'async-mutex'
import { Problem } from '../problems/problem.ts'

/** How long a read of the past may wait for the semaphore. */
const acquireTimeoutMs = 10_000

const retryAfterSeconds = 5

/**
 * Limits concurrent exports and reads of the past. Each holds a connection for longer than one statement, so together
 * they may use half of the pool.
 */
export class LongReads {
  readonly #limit: number
  readonly #semaphore: Semaphore

  /** @param maxConnections of the pool. */
  constructor(maxConnections: number) {
    this.#limit = Math.max(1, Math.floor(maxConnections / 2))
    this.#semaphore = new Semaphore(this.#limit)
  }

  /** Number of long reads that run now. */
  get running(): number {
    return this.#limit - Math.max(0, this.#semaphore.getValue())
  }

  /** Waits up to `acquireTimeoutMs`. @returns the release function. @throws Problem `busy`. */
  async acquire(): Promise<() => void> {
    const [, release] = await withTimeout(this.#semaphore, acquireTimeoutMs, this.#busy()).acquire()
    return release
  }

  /** Acquires without waiting. @returns the release function. @throws Problem `busy` at the limit. */
  async tryAcquire(): Promise<() => void> {
    const [, release] = await tryAcquire(this.#semaphore, this.#busy()).acquire()
    return release
  }

  #busy(): Problem {
    const detail = `Too many concurrent exports (limit ${this.#limit}). Retry after ${retryAfterSeconds} seconds.`
    return new Problem('busy', detail, { headers: { 'retry-after': String(retryAfterSeconds) } })
  }
}
