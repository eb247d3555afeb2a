import { Problem } from '../problems/problem.ts'
import { CommitTimeoutError } from './running-statement.ts'

/** How long all changes are refused after a commit timeout, in milliseconds. */
const pauseMs = 1000

/**
 * Refuses changes while commits hang, such as when no synchronous standby confirms them. Otherwise each change would wait in
 * PostgreSQL until its timeout, and hold a connection that reads need. While the gate is open, changes pass. (An open circuit
 * breaker, in contrast, lets nothing pass.) A commit timeout shuts the gate. After a pause, the gate lets one change through at
 * a time, as a trial. The next commit that has written opens it: a commit of a transaction that has written nothing never waits
 * for a standby.
 */
export class CommitGate {
  /** Time of the last commit timeout, in milliseconds of `performance.now()`; undefined while the gate is open. */
  #shutAt: number | undefined
  #isTrialRunning = false
  readonly #onTimeout: () => void

  /** @param onTimeout is called after each commit timeout. */
  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout
  }

  /**
   * Runs a change if the gate is open, or as a trial. A commit timeout of the change shuts the gate.
   * @param change gets the time at which it has passed the gate, for `recheck`.
   * @throws Problem `unavailable` if the gate does not let the change through; what `change` throws.
   */
  async run<T>(change: (passedAt: number) => Promise<T>): Promise<T> {
    const passedAt = performance.now()
    const shutAt = this.#shutAt
    if (shutAt !== undefined) {
      if (this.#isTrialRunning || passedAt < shutAt + pauseMs) throw refusal()
      this.#isTrialRunning = true
    }
    try {
      return await change(passedAt)
    } catch (error) {
      if (error instanceof Problem && error.cause instanceof CommitTimeoutError) {
        this.#shutAt = performance.now()
        this.#onTimeout()
      }
      throw error
    } finally {
      if (shutAt !== undefined) this.#isTrialRunning = false
    }
  }

  /** Checks again for a change that has waited since `passedAt`. @throws Problem `unavailable` if the gate was shut meanwhile. */
  recheck(passedAt: number): void {
    if (this.#shutAt !== undefined && this.#shutAt > passedAt) throw refusal()
  }

  /** Opens the gate, after a commit that has written. */
  open(): void {
    this.#shutAt = undefined
  }
}

const refusal = () => new Problem('unavailable', 'The database does not confirm changes at the moment.')
