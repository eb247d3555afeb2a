import type { Owner } from '../../../database/shares/work.ts'
import { Problem } from '../../../problems/problem.ts'

/** The client of a response in progress. */
export interface Reader {
  /** The owner of the client's work. */
  readonly owner: Owner
  /** Emits `close` when the response has been sent, or the client has disconnected. */
  readonly response: {
    once(event: 'close', listener: () => void): unknown
    readonly destroyed: boolean
    /** Whether the whole response has been sent. */
    readonly writableFinished: boolean
  }
}

/** The clients that wait for one response. */
export class Audience {
  #waiting = 0
  readonly #owners: Owner[] = []
  readonly #ownerListeners = new Set<(owner: Owner) => void>()
  #controller: AbortController | undefined

  constructor(reader: Reader) {
    this.join(reader)
  }

  /** Whether no client waits any more. */
  get isEmpty(): boolean {
    return this.#waiting === 0
  }

  /** Adds a client, unless it has disconnected already. */
  join({ owner, response }: Reader): void {
    if (response.destroyed) return
    this.#waiting += 1
    this.#owners.push(owner)
    for (const listener of this.#ownerListeners) listener(owner)
    response.once('close', () => {
      this.#waiting -= 1
      // Aborting a completed response would only take time.
      if (this.isEmpty && !response.writableFinished) this.#controller?.abort(disconnectedProblem())
    })
  }

  /** Returns a signal that aborts when no client waits any more. */
  getSignal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.isEmpty) this.#controller.abort(disconnectedProblem())
    return this.#controller.signal
  }

  /** Calls `listener` with the owner of each client that has joined or joins later, until the returned function is called. */
  onOwner(listener: (owner: Owner) => void): () => void {
    for (const owner of this.#owners) listener(owner)
    this.#ownerListeners.add(listener)
    return () => this.#ownerListeners.delete(listener)
  }
}

/** Creates the reason of the abort. It is neither sent to a client nor logged. */
export const disconnectedProblem = (): Problem =>
  new Problem('timeout', 'The client disconnected before the response was sent.')
