import { Problem } from '../problems/problem.ts'
import { CommitTimeoutError } from './connection.ts'
import { retryAfterSeconds } from './errors.ts'

/** How long changes are refused before one of them may try whether commits end again. */
const pauseMs = 1000

/**
 * Refuses changes while commits do not end, as when no synchronous standby confirms them. Otherwise each would wait in
 * PostgreSQL for as long as a statement may, with a connection that reads need. It is a circuit breaker: after a commit
 * over time it is shut, then lets one change in each pause through, and opens with the first commit that ends.
 */
export class CommitGate {
  /** When the last commit over time was given up; undefined while it is open. */
  #shutAt: number | undefined
  #opensAt = 0

  /**
   * @returns the moment, for `recheck`.
   * @throws Problem `unavailable` while it is shut. Nothing of the change has been written then.
   */
  pass(): number {
    const now = performance.now()
    if (this.#shutAt === undefined) return now
    if (now < this.#opensAt) throw refusal()
    this.#opensAt = now + pauseMs
    return now
  }

  /** For a change that has waited since it passed. @throws Problem `unavailable` when the gate was shut meanwhile. */
  recheck(passedAt: number): void {
    if (this.#shutAt !== undefined && this.#shutAt > passedAt) throw refusal()
  }

  /** Runs a transaction, and sees how its commit ends. */
  async watch<T>(transaction: () => Promise<T>): Promise<T> {
    try {
      const result = await transaction()
      this.#shutAt = undefined
      return result
    } catch (error) {
      if (error instanceof Problem && error.cause instanceof CommitTimeoutError) {
        this.#shutAt = performance.now()
        this.#opensAt = this.#shutAt + pauseMs
      }
      throw error
    }
  }
}

const refusal = () =>
  new Problem('unavailable', 'The database does not confirm changes at the moment.', {
    headers: { 'retry-after': retryAfterSeconds },
  })
