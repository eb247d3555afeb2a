/**
 * Maximum time for starting requests in one turn of the event loop, in milliseconds. Node.js accepts one connection per turn,
 * so long turns delay new clients.
 */
const sliceMs = 2

/** Maximum number of waiting requests that start in one turn. */
const maxPerTurn = 20

/** Maximum time that requests of an address wait while it opens connections, in milliseconds. */
const maxHoldMs = 50

/**
 * Schedules requests: at once while there is time left in a turn of the event loop, otherwise in later turns, where
 * the addresses they come from take turns. So the next request of one address waits for one of each other address, and not for all
 * that another address has sent. While an address opens a connection in each turn, its requests wait, so that the turns are
 * short and the connections of other addresses are soon accepted.
 */
export class RequestQueue {
  /** Waiting requests by address. The address that is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>()
  /** Addresses that have opened a connection in this turn or the one before, with the time when they began to. */
  readonly #openingSince = new Map<string, number>()
  /** Addresses that have opened a connection in this turn. */
  readonly #opened = new Set<string>()
  /** `free`: no request has begun in this turn; `begun`: there may be time left; `full`: requests wait. */
  #state: 'free' | 'begun' | 'full' = 'free'
  #isEndScheduled = false
  #sliceEnd = 0

  /** Notes that an address has opened a connection. */
  connectionOpened(address: string): void {
    if (!this.#openingSince.has(address)) this.#openingSince.set(address, performance.now())
    this.#opened.add(address)
    this.#scheduleEnd()
  }

  /** Calls `begin`, now or in a later turn. @param getAddress returns the address of the request, if it may have to wait. */
  add(getAddress: () => string, begin: () => void): void {
    if (this.#openingSince.size > 0 && this.#isHeld(getAddress())) this.#wait(getAddress(), begin)
    else if (this.#state === 'free') {
      this.#state = 'begun'
      this.#sliceEnd = performance.now() + sliceMs
      this.#scheduleEnd()
      begin()
    } else if (this.#state === 'begun' && performance.now() < this.#sliceEnd) begin()
    else this.#wait(getAddress(), begin)
  }

  #wait(address: string, begin: () => void): void {
    const queue = this.#waiting.get(address)
    if (queue) queue.push(begin)
    else this.#waiting.set(address, [begin])
    this.#state = 'full'
  }

  #isHeld(address: string): boolean {
    const since = this.#openingSince.get(address)
    return since !== undefined && performance.now() - since < maxHoldMs
  }

  #scheduleEnd(): void {
    if (this.#isEndScheduled) return
    this.#isEndScheduled = true
    setImmediate(() => this.#endTurn())
  }

  /** Ends a turn: schedules waiting requests for the next one. */
  #endTurn(): void {
    this.#isEndScheduled = false
    for (const address of this.#openingSince.keys())
      if (!this.#opened.delete(address)) this.#openingSince.delete(address)
    if (this.#waiting.size === 0) {
      this.#state = 'free'
      if (this.#openingSince.size > 0) this.#scheduleEnd()
      return
    }
    setImmediate(() => {
      this.#sliceEnd = performance.now() + sliceMs
    })
    // Each request has a separate callback, so that its microtasks count towards the slice, too.
    for (let count = 0; count < maxPerTurn; count += 1) setImmediate(() => this.#beginNext())
    this.#scheduleEnd()
  }

  #beginNext(): void {
    if (performance.now() >= this.#sliceEnd) return
    for (const [address, queue] of this.#waiting) {
      if (this.#isHeld(address)) continue
      this.#waiting.delete(address)
      const begin = queue.shift()
      if (queue.length > 0) this.#waiting.set(address, queue)
      begin?.()
      return
    }
  }
}
