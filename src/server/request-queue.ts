/**
 * Maximum time for starting requests in one turn of the event loop, in milliseconds. Node.js accepts one connection per turn,
 * so long turns delay new clients.
 */
const sliceMs = 2

/** Maximum number of waiting requests that start in one turn. */
const maxPerTurn = 20

/** Maximum time that requests of an address wait while it opens connections, in milliseconds. */
const maxHoldMs = 250

/** After this number of connections in successive turns, one request starts in each turn. */
const burstLength = 10

/** Connections that an address opens in successive turns. */
interface Opening {
  startedAt: number
  count: number
  /** Whether it has opened one in this turn. */
  isOpening: boolean
}

/**
 * Schedules requests: at once while there is time left in a turn of the event loop, otherwise in later turns, where
 * the addresses they come from take turns. So the next request of one address waits for one of each other address, and not for all
 * that another address has sent. While an address opens a connection in each turn, its requests wait, so that the turns are
 * short and the connections of other addresses are soon accepted.
 */
export class RequestQueue {
  /** Waiting requests by address. The address that is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>()
  /** Addresses that have opened a connection in this turn or the one before. */
  readonly #openings = new Map<string, Opening>()
  /** `free`: no request has begun in this turn; `begun`: there may be time left; `full`: requests wait. */
  #state: 'free' | 'begun' | 'full' = 'free'
  #hasBurst = false
  #isEndScheduled = false
  #sliceEnd = 0

  /** Notes that an address has opened a connection. */
  connectionOpened(address: string): void {
    const opening = this.#openings.get(address) ?? { startedAt: performance.now(), count: 0, isOpening: true }
    opening.count += 1
    opening.isOpening = true
    this.#hasBurst ||= opening.count > burstLength
    this.#openings.set(address, opening)
    this.#scheduleEnd()
  }

  /** Calls `begin`, now or in a later turn. @param getAddress returns the address of the request, if it may have to wait. */
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
    setImmediate(() => this.#endTurn())
  }

  /** Ends a turn: starts the first waiting request, and schedules others for the next turn. */
  #endTurn(): void {
    this.#isEndScheduled = false
    this.#forgetOpened()
    if (this.#openings.size > 0 || this.#waiting.size > 0) this.#scheduleEnd()
    if (this.#waiting.size === 0) {
      this.#state = 'free'
      return
    }
    this.#startSlice()
    this.#beginNext()
    // Each request has a separate callback, so that its microtasks count towards the slice, too.
    for (let count = 1; count < maxPerTurn && !this.#hasBurst; count += 1)
      setImmediate(() => {
        if (performance.now() < this.#sliceEnd) this.#beginNext()
      })
  }

  /** Forgets the addresses that have opened no connection in this turn. */
  #forgetOpened(): void {
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
