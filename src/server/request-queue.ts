/**
 * Maximum time for starting requests in one iteration of the event loop, in milliseconds. Node.js accepts one connection per
 * iteration, so long iterations delay new clients.
 */
const sliceMs = 2

/** Maximum number of waiting requests that start in one iteration. */
const maxPerIteration = 20

/** Maximum time that requests of an address wait because the address opens connections, in milliseconds. */
const maxHoldMs = 250

/** If an address opens more connections than this in successive iterations, each iteration starts only one request. */
const burstLength = 10

/** Connections that an address opens in successive iterations. */
interface Opening {
  /** Time of the first connection, in milliseconds of `performance.now()`. */
  startedAt: number
  count: number
  /** Whether the address has opened a connection in this iteration. */
  isOpening: boolean
}

/**
 * Schedules requests. A request starts immediately while there is time left in an iteration of the event loop. Otherwise it
 * starts in a later iteration, in rotation among the addresses: the next request of an address waits for one request of each
 * other address, and not for all requests of another address. While an address opens a connection in each iteration, its
 * requests wait up to `maxHoldMs`, so that iterations are short and connections of other addresses are accepted soon.
 */
export class RequestQueue {
  /** Waiting requests by address. The first address is the next one in the rotation. */
  readonly #waiting = new Map<string, (() => void)[]>()
  /** Addresses that have opened a connection in this or the previous iteration. */
  readonly #openings = new Map<string, Opening>()
  /** `free`: no request has started in this iteration; `begun`: there may be time left; `full`: requests wait. */
  #state: 'free' | 'begun' | 'full' = 'free'
  #hasBurst = false
  #isEndScheduled = false
  /** Time in milliseconds of `performance.now()` until which requests may start in this iteration. */
  #sliceEnd = 0

  /** Records that an address has opened a connection. */
  connectionOpened(address: string): void {
    const opening = this.#openings.get(address) ?? { startedAt: performance.now(), count: 0, isOpening: true }
    opening.count += 1
    opening.isOpening = true
    this.#hasBurst ||= opening.count > burstLength
    this.#openings.set(address, opening)
    this.#scheduleEnd()
  }

  /** Calls `begin` now or in a later iteration. @param getAddress returns the request's address. */
  add(getAddress: () => string, begin: () => void): void {
    if (this.#openings.size > 0 && this.#isHeld(getAddress())) this.#wait(getAddress(), begin)
    else if (this.#state === 'free') {
      this.#state = 'begun'
      this.#startSlice()
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
    const startedAt = this.#openings.get(address)?.startedAt
    return startedAt !== undefined && performance.now() - startedAt < maxHoldMs
  }

  #startSlice(): void {
    this.#sliceEnd = performance.now() + (this.#hasBurst ? 0 : sliceMs)
  }

  #scheduleEnd(): void {
    if (this.#isEndScheduled) return
    this.#isEndScheduled = true
    setImmediate(() => this.#endIteration())
  }

  /** Ends an iteration: starts the first waiting request, and schedules others for the next iteration. */
  #endIteration(): void {
    this.#isEndScheduled = false
    this.#updateOpenings()
    if (this.#openings.size > 0 || this.#waiting.size > 0) this.#scheduleEnd()
    if (this.#waiting.size === 0) {
      this.#state = 'free'
      return
    }
    this.#startSlice()
    this.#beginNext()
    // Each request has a separate callback, so that its microtasks count towards the slice, too.
    for (let count = 1; count < maxPerIteration && !this.#hasBurst; count += 1)
      setImmediate(() => {
        if (performance.now() < this.#sliceEnd) this.#beginNext()
      })
  }

  /** Removes the addresses that have opened no connection in this iteration. Prepares the others for the next iteration. */
  #updateOpenings(): void {
    this.#hasBurst = false
    for (const [address, opening] of this.#openings) {
      if (!opening.isOpening) this.#openings.delete(address)
      else if (opening.count > burstLength) this.#hasBurst = true
      opening.isOpening = false
    }
  }

  #beginNext(): void {
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
