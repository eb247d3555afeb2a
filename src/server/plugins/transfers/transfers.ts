/** Limits of exports, streams and large responses. */
export interface TransferLimits {
  /** Bytes a second that the client must read while data waits for it, on average over a window; 0 for no minimum. */
  minBytesPerSecond: number
  maxDurationMs: number
}

/** Length of a window, in milliseconds. */
const windowMs = 60_000

/** The counters of a connection: `bytesWritten` includes the bytes in `writableLength`. */
interface Connection {
  readonly bytesWritten: number
  readonly writableLength: number
  destroy(): unknown
}

/** A response that is being sent. */
interface LongResponse {
  connection: Connection
  isOver(): boolean
  /** Whether the service still accepts the credentials of the request, with the same role. Never rejects. */
  isAuthorized(): Promise<boolean>
  /** Called when the response is cut off. @param reason a text for the log. */
  onCut(reason: string): void
}

interface Transfer extends LongResponse {
  startedAt: number
  /** When data began to wait, or the last window ended, and the bytes sent until then. Undefined while no data waits. */
  waiting: { since: number; sentBytes: number } | undefined
}

const sentBytes = ({ bytesWritten, writableLength }: Connection) => bytesWritten - writableLength

/** Monitors exports, streams and large responses. Times are milliseconds of `performance.now()`. */
export class Transfers {
  /** Numbers of responses that were cut off, by reason. */
  readonly cutCounts = { slow: 0, long: 0, unauthorized: 0 }
  readonly #limits: TransferLimits
  readonly #transfers = new Set<Transfer>()
  #isCheckingAuthorization = false

  constructor(limits: TransferLimits) {
    this.#limits = limits
  }

  /** Number of responses that are being sent, without those that were completed after the last check. */
  get count(): number {
    return [...this.#transfers].filter((transfer) => !transfer.isOver()).length
  }

  add(response: LongResponse, now: number): void {
    this.#transfers.add({ ...response, startedAt: now, waiting: undefined })
  }

  /** Removes completed responses, and cuts off those that exceed the limits. */
  check(now: number): void {
    const { minBytesPerSecond, maxDurationMs } = this.#limits
    for (const transfer of this.#transfers) {
      if (transfer.isOver()) {
        this.#transfers.delete(transfer)
      } else if (now - transfer.startedAt > maxDurationMs) {
        this.#cut(transfer, 'long', `the transfer took longer than ${maxDurationMs / 1000} s`)
      } else if (this.#isSlow(transfer, now)) {
        const limit = `${minBytesPerSecond} bytes a second over ${windowMs / 1000} s`
        this.#cut(transfer, 'slow', `the client read fewer than ${limit} while data was waiting`)
      }
    }
  }

  /**
   * Cuts off responses to clients whose key or token is no longer accepted, or has another role now. Does nothing while an earlier
   * call waits, such as for a database that hangs.
   */
  async checkAuthorization(): Promise<void> {
    if (this.#isCheckingAuthorization) return
    this.#isCheckingAuthorization = true
    try {
      for (const transfer of [...this.#transfers]) {
        // The connection of a response that ended meanwhile may serve another request.
        if ((await transfer.isAuthorized()) || transfer.isOver() || !this.#transfers.has(transfer)) continue
        this.#cut(transfer, 'unauthorized', 'the key or token is no longer accepted')
      }
    } finally {
      this.#isCheckingAuthorization = false
    }
  }

  #isSlow(transfer: Transfer, now: number): boolean {
    const { connection, waiting } = transfer
    const { minBytesPerSecond } = this.#limits
    if (connection.writableLength === 0) {
      transfer.waiting = undefined
      return false
    }
    const elapsedMs = waiting ? now - waiting.since : 0
    if (waiting && elapsedMs < windowMs) return false
    const minBytes = (minBytesPerSecond * elapsedMs) / 1000
    const isSlow = waiting !== undefined && sentBytes(connection) - waiting.sentBytes < minBytes
    transfer.waiting = { since: now, sentBytes: sentBytes(connection) }
    return isSlow
  }

  #cut(transfer: Transfer, cause: keyof Transfers['cutCounts'], reason: string): void {
    this.cutCounts[cause] += 1
    this.#transfers.delete(transfer)
    transfer.onCut(reason)
    transfer.connection.destroy()
  }
}
