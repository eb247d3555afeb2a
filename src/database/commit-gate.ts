import { Problem } from '../problems/problem.ts'
import { CommitTimeoutError } from './connection.ts'
import { retryAfterSeconds } from './errors.ts'

/** How long changes are refused before one of them may test whether commits succeed again. */
const pauseMs = 1000

/**
 * A circuit breaker for changes. It refuses changes while commits hang, such as when no synchronous standby confirms them.
 * Otherwise each change would wait in PostgreSQL until its timeout, and hold a connection that reads need. A commit timeout
 * shuts the gate. The gate then lets one change through after each pause, and the next successful commit opens it.
 */
export class CommitGate {
  /** Time of the last commit timeout, in milliseconds of `performance.now()`; undefined while the gate is open. */
  #shutAt: number | undefined
  /** Time at which the shut gate lets the next change through, in milliseconds of `performance.now()`. */
  #nextTrialAt = 0

  /**
   * Lets a change through while the gate is open, and one change after each pause while the gate is shut.
   * @returns the current time, for `recheck`.
   * @throws Problem `unavailable` while the gate is shut, before anything is written.
   */
  pass(): number {
    const now = performance.now()
    if (this.#shutAt === undefined) return now
    if (now < this.#nextTrialAt) throw refusal()
    this.#nextTrialAt = now + pauseMs
    return now
  }

  /** Checks again for a change that has waited since `pass`. @throws Problem `unavailable` if the gate was shut meanwhile. */
  recheck(passedAt: number): void {
    if (this.#shutAt !== undefined && this.#shutAt > passedAt) throw refusal()
  }

  /** Runs a transaction, and opens or shuts the gate by the result of its commit. @throws what `transaction` throws. */
  async run<T>(transaction: () => Promise<T>): Promise<T> {
    try {
      const result = await transaction()
      this.#shutAt = undefined
      return result
    } catch (error) {
      if (error instanceof Problem && error.cause instanceof CommitTimeoutError) {
        this.#shutAt = performance.now()
        this.#nextTrialAt = this.#shutAt + pauseMs
      }
      throw error
    }
  }
}

const refusal = () =>
  new Problem('unavailable', 'The database does not confirm changes at the moment.', {
    headers: { 'retry-after': retryAfterSeconds },
  })
