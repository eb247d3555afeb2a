import { Semaphore, tryAcquire, withTimeout } from 'async-mutex'
import { Problem } from '../problems/problem.ts'

/** How long a question about the past may wait for its turn. */
const acquireTimeoutMs = 10_000

const retryAfterSeconds = 5

/**
 * Bounds how many exports and questions about the past run at once. Each holds a connection for longer than a statement,
 * so they get half of the pool.
 */
export class LongReads {
  readonly #limit: number
  readonly #semaphore: Semaphore

  /** @param maxConnections of the pool. */
  constructor(maxConnections: number) {
    this.#limit = Math.max(1, Math.floor(maxConnections / 2))
    this.#semaphore = new Semaphore(this.#limit)
  }

  /** How many run now. */
  get running(): number {
    return this.#limit - Math.max(0, this.#semaphore.getValue())
  }

  /** Waits up to ten seconds. @returns the function that releases. @throws Problem `busy`. */
  async acquire(): Promise<() => void> {
    const [, release] = await withTimeout(this.#semaphore, acquireTimeoutMs, this.#busy()).acquire()
    return release
  }

  /** @returns the function that releases. @throws Problem `busy` when the limit is reached. */
  async tryAcquire(): Promise<() => void> {
    const [, release] = await tryAcquire(this.#semaphore, this.#busy()).acquire()
    return release
  }

  #busy(): Problem {
    const detail = `Too many concurrent exports (limit ${this.#limit}). Retry after ${retryAfterSeconds} seconds.`
    return new Problem('busy', detail, { headers: { 'retry-after': String(retryAfterSeconds) } })
  }
}
