/** Milliseconds between a cancel request and closing the connection. */
export const cancelTimeoutMs = 1000

/** A first time limit of a statement, which `extend` can lift. */
export interface Budget {
  limitMs: number
  /**
   * Called when the statement has run for `limitMs`.
   * @returns whether the statement may continue, and a further signal that cancels it from then on.
   */
  extend(): { isGranted: boolean; signal?: AbortSignal | undefined }
}

/** A statement was cancelled when its budget was used up. It can be run again. */
export class OverBudgetError extends Error {}

/** A commit exceeded the statement timeout, and its connection was closed. The commit may still succeed. */
export class CommitTimeoutError extends Error {}

/** What ends a statement besides the statement timeout, and how. */
export interface RunOptions {
  signal?: AbortSignal | undefined
  budget?: Budget | undefined
  /** False for a commit: instead of cancelling it, the connection is closed. */
  cancellable?: boolean
}

/** The connection on which a statement runs. */
interface StatementConnection {
  /** Cancels the statement. Never rejects. */
  cancel(): Promise<void>
  /** Closes the connection. */
  close(): void
  /** Closes the connection and cancels its statement. */
  destroy(): Promise<void>
}

/** Stops a statement that has used up its time, or whose signal aborts, from the constructor until `end`. */
export class RunningStatement {
  readonly #connection: StatementConnection
  readonly #timeoutMs: number
  readonly #options: RunOptions
  /** The signal of an extended budget. */
  #extensionSignal: AbortSignal | undefined
  #timer: NodeJS.Timeout
  #closeTimer: NodeJS.Timeout | undefined
  #cancelling: Promise<void> | undefined
  /** The limit that the statement has exceeded. */
  #exceeded: 'timeout' | 'budget' | undefined

  constructor(connection: StatementConnection, timeoutMs: number, options: RunOptions) {
    const { signal, budget } = options
    this.#connection = connection
    this.#timeoutMs = timeoutMs
    this.#options = options
    this.#timer =
      budget && budget.limitMs < timeoutMs
        ? setTimeout(() => this.#onBudgetUsedUp(budget), budget.limitMs)
        : setTimeout(() => this.#stopBy('timeout'), timeoutMs)
    signal?.addEventListener('abort', this.#stop)
  }

  /** Whether the statement has run until the statement timeout. */
  get hasTimedOut(): boolean {
    return this.#exceeded === 'timeout'
  }

  /**
   * Returns the error to throw when the statement has failed: why it was stopped or, if it was not, its own error. Also
   * returns its own error after the statement timeout, except for a commit.
   */
  explain(error: unknown): unknown {
    const { signal, budget, cancellable = true } = this.#options
    if (this.hasTimedOut && !cancellable)
      return new CommitTimeoutError(`the commit took longer than ${this.#timeoutMs} ms`, { cause: error })
    if (signal?.aborted) return signal.reason
    if (this.#extensionSignal?.aborted) return this.#extensionSignal.reason
    if (this.#exceeded === 'budget')
      return new OverBudgetError(`the statement took longer than its budget of ${budget?.limitMs} ms`, {
        cause: error,
      })
    return error
  }

  /**
   * Stops watching the statement, which has ended.
   * @returns a promise of the response to the cancel request, if one was sent. Until the response, the request may still cancel
   * the next statement of the connection.
   */
  end(): Promise<void> | undefined {
    clearTimeout(this.#timer)
    clearTimeout(this.#closeTimer)
    this.#options.signal?.removeEventListener('abort', this.#stop)
    this.#extensionSignal?.removeEventListener('abort', this.#stop)
    return this.#cancelling
  }

  #onBudgetUsedUp({ limitMs, extend }: Budget): void {
    const { isGranted, signal } = extend()
    if (!isGranted) {
      this.#stopBy('budget')
      return
    }
    this.#timer = setTimeout(() => this.#stopBy('timeout'), this.#timeoutMs - limitMs)
    this.#extensionSignal = signal
    if (signal?.aborted) this.#stop()
    signal?.addEventListener('abort', this.#stop)
  }

  #stopBy(reason: 'timeout' | 'budget'): void {
    this.#exceeded = reason
    this.#stop()
  }

  // A property, since signals call it.
  readonly #stop = (): void => {
    if (this.#options.cancellable === false) {
      this.#connection.close()
    } else if (!this.#closeTimer) {
      this.#cancelling = this.#connection.cancel()
      // `destroy` cancels once more, since the first request may have arrived before the statement began.
      this.#closeTimer = setTimeout(() => void this.#connection.destroy(), cancelTimeoutMs)
    }
  }
}
