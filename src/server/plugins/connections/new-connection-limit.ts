import { LRUCache } from 'lru-cache'

/** Maximum number of addresses in memory. The least recently used one is evicted first, and then counts as new. */
const maxAddresses = 50_000

/** Burst size, in seconds of `maxPerSecond`: a browser with many pages opens several connections together. */
const burstSeconds = 5

/** The number of connections that an address may open, as of a time in milliseconds. */
interface Allowance {
  count: number
  atMs: number
}

/** Bounds how many connections an address opens a second: a token bucket for each address. */
export class NewConnectionLimit {
  readonly #maxPerSecond: number
  readonly #allowances = new LRUCache<string, Allowance>({ max: maxAddresses })

  /** @param maxPerSecond connections of an address a second, on average; 0 for no limit. */
  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond
  }

  /** Counts a new connection of an address, and returns whether it may be opened. `nowMs` never decreases. */
  admit(address: string, nowMs: number): boolean {
    if (this.#maxPerSecond === 0) return true
    const allowed = this.#allowed(address, nowMs)
    const isAdmitted = allowed >= 1
    this.#allowances.set(address, { count: isAdmitted ? allowed - 1 : allowed, atMs: nowMs })
    return isAdmitted
  }

  /**
   * Charges an address a whole burst for a connection that it misused, such as one with thousands of requests in one write.
   * If the address has already used its burst, it may then open no connections for about `burstSeconds`.
   * @returns false if there is no limit, and nothing was charged.
   */
  charge(address: string, nowMs: number): boolean {
    if (this.#maxPerSecond === 0) return false
    const count = Math.max(-this.#burst, this.#allowed(address, nowMs) - this.#burst)
    this.#allowances.set(address, { count, atMs: nowMs })
    return true
  }

  get #burst(): number {
    return this.#maxPerSecond * burstSeconds
  }

  /** How many connections an address may open now; may be less than 0 after misuse. */
  #allowed(address: string, nowMs: number): number {
    const { count, atMs } = this.#allowances.get(address) ?? { count: this.#burst, atMs: nowMs }
    return Math.min(this.#burst, count + ((nowMs - atMs) * this.#maxPerSecond) / 1000)
  }
}
