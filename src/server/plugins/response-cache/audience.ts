import { Problem } from '../../../problems/problem.ts'

/** A response in progress for a client. It emits `close` when it has been sent, or the client has disconnected. */
export interface Reader {
  once(event: 'close', listener: () => void): unknown
  readonly destroyed: boolean
  /** Whether all of it has been sent. */
  readonly writableFinished: boolean
}

/** The clients that wait for one response. */
export class Audience {
  #waiting = 0
  #controller: AbortController | undefined

  constructor(reader: Reader) {
    this.join(reader)
  }

  /** Whether no client waits any more. */
  get hasLeft(): boolean {
    return this.#waiting === 0
  }

  join(reader: Reader): void {
    if (reader.destroyed) return
    this.#waiting += 1
    reader.once('close', () => {
      this.#waiting -= 1
      // Aborting a completed response would only take time.
      if (this.hasLeft && !reader.writableFinished) this.#controller?.abort(clientLeft())
    })
  }

  /** Returns a signal that aborts when no client waits any more. */
  getSignal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.hasLeft) this.#controller.abort(clientLeft())
    return this.#controller.signal
  }
}

/** The reason in the log. No client receives it. */
const clientLeft = () => new Problem('timeout', 'The client disconnected before the response was sent.')
