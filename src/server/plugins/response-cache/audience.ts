import { Problem } from '../../../problems/problem.ts'

/** The client of a response in progress. Emits `close` when the response has been sent, or the client has disconnected. */
export interface Reader {
  once(event: 'close', listener: () => void): unknown
  readonly destroyed: boolean
  /** Whether the whole response has been sent. */
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
  get isEmpty(): boolean {
    return this.#waiting === 0
  }

  join(reader: Reader): void {
    if (reader.destroyed) return
    this.#waiting += 1
    reader.once('close', () => {
      this.#waiting -= 1
      // Aborting a completed response would only take time.
      if (this.isEmpty && !reader.writableFinished) this.#controller?.abort(disconnectedProblem())
    })
  }

  /** Returns a signal that aborts when no client waits any more. */
  getSignal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.isEmpty) this.#controller.abort(disconnectedProblem())
    return this.#controller.signal
  }
}

/** Creates the reason of the abort. No client receives it, and the log has no line of it. */
export const disconnectedProblem = (): Problem =>
  new Problem('timeout', 'The client disconnected before the response was sent.')
