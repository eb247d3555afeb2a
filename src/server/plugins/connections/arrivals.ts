import { LRUCache } from 'lru-cache'

/** Most addresses in memory. The least recent one is dropped first, and may open as many as a new one. */
const maxAddresses = 50_000

/** An address may open so many seconds' worth of connections at once, as a browser with many pages does. */
const burstSeconds = 5

/** How many connections an address may open now, as of a time in milliseconds. */
interface Allowance {
  count: number
  atMs: number
}

/** Bounds how many connections an address opens a second: a token bucket for each address. */
export class Arrivals {
  readonly #maxPerSecond: number
  readonly #allowances = new LRUCache<string, Allowance>({ max: maxAddresses })

  /** @param maxPerSecond connections of an address a second, on average; 0 for any number. */
  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond
  }

  /** Counts a new connection of an address, and returns whether it may be opened. `nowMs` never goes back. */
  admit(address: string, nowMs: number): boolean {
    if (this.#maxPerSecond === 0) return true
    const burst = this.#maxPerSecond * burstSeconds
    const { count, atMs } = this.#allowances.get(address) ?? { count: burst, atMs: nowMs }
    const allowed = Math.min(burst, count + ((nowMs - atMs) * this.#maxPerSecond) / 1000)
    const isAdmitted = allowed >= 1
    this.#allowances.set(address, { count: isAdmitted ? allowed - 1 : allowed, atMs: nowMs })
    return isAdmitted
  }
}
