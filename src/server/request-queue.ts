/**
 * Maximum time for starting requests in one turn of the event loop, in milliseconds. Node.js accepts one connection per turn,
 * so long turns delay new clients.
 */
const sliceMs = 2

/** Maximum number of waiting requests that start in one turn. */
const maxPerTurn = 20

/**
 * Schedules requests: at once while there is time left in a turn of the event loop, otherwise in later turns, where
 * the addresses they come from take turns. So the next request of one address waits for one of each other address, and not for all
 * that another address has sent.
 */
export class RequestQueue {
  /** Waiting requests by address. The address that is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>()
  /** `free`: no request has begun in this turn; `begun`: there may be time left; `full`: requests wait. */
  #state: 'free' | 'begun' | 'full' = 'free'
  #sliceEnd = 0

  /** Calls `begin`, now or in a later turn. @param getAddress returns the address of the request, if it has to wait. */
  add(getAddress: () => string, begin: () => void): void {
    if (this.#state === 'free') {
      this.#state = 'begun'
      this.#sliceEnd = performance.now() + sliceMs
      setImmediate(() => this.#endTurn())
      begin()
    } else if (this.#state === 'begun' && performance.now() < this.#sliceEnd) begin()
    else {
      const address = getAddress()
      const queue = this.#waiting.get(address)
      if (queue) queue.push(begin)
      else this.#waiting.set(address, [begin])
      this.#state = 'full'
    }
  }

  /** Ends a turn: schedules waiting requests for the next one. */
  #endTurn(): void {
    if (this.#waiting.size === 0) {
      this.#state = 'free'
      return
    }
    setImmediate(() => {
      this.#sliceEnd = performance.now() + sliceMs
    })
    // Each request has a separate callback, so that its microtasks count towards the slice, too.
    for (let count = 0; count < maxPerTurn; count += 1) setImmediate(() => this.#beginNext())
    setImmediate(() => this.#endTurn())
  }

  #beginNext(): void {
    if (performance.now() >= this.#sliceEnd) return
    const [next] = this.#waiting
    if (!next) return
    const [address, queue] = next
    this.#waiting.delete(address)
    const begin = queue.shift()
    if (queue.length > 0) this.#waiting.set(address, queue)
    begin?.()
  }
}
