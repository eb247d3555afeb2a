/**
 * Longest time for which requests are begun in one turn of the event loop, in milliseconds. Node.js accepts one connection in
 * each turn, so that new clients wait for long turns.
 */
const sliceMs = 2

/** Most requests that are begun in one turn after they have waited. */
const maxPerTurn = 20

/**
 * Schedules requests: at once while there is time left in a turn of the event loop, otherwise in later turns, where
 * the addresses they come from take turns. So the next request of one address waits for one of each other address, and not for all
 * that another address has sent.
 */
export class RequestQueue {
  /** What waits, by address. The address whose turn it is comes first. */
  readonly #waiting = new Map<string, (() => void)[]>()
  /** `free`: no request has begun in this turn; `begun`: there may be time left; `full`: requests wait. */
  #state: 'free' | 'begun' | 'full' = 'free'
  #sliceEnd = 0

  /** Calls `begin`, now or in a later turn. @param getAddress names where the request comes from, if it has to wait. */
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

  /** At the end of a turn: has the requests that wait begin in the next one. */
  #endTurn(): void {
    if (this.#waiting.size === 0) {
      this.#state = 'free'
      return
    }
    setImmediate(() => {
      this.#sliceEnd = performance.now() + sliceMs
    })
    // Each has a callback of its own, so that what it does after its first `await` counts, too.
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
