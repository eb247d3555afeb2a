import { Problem } from '../problems/problem.ts'
import type { Client } from './client.ts'

const retryAfterSeconds = '5'

/** Limits of concurrent operations of a kind. */
export interface ConcurrencyLimits {
  maxTotal: number
  /** Limit of one client. All clients of a group together may have half of `maxTotal`, rounded up. */
  maxPerClient: number
}

/** Bounds the concurrent operations of a kind, such as exports: in total, and for each client and group of clients. */
export class ConcurrencyLimiter {
  readonly #kind: string
  readonly #limits: ConcurrencyLimits
  readonly #clients = new Counts()
  readonly #groups = new Counts()
  #running = 0

  /** @param kind the plural noun for these operations in problems: `exports`. */
  constructor(kind: string, limits: ConcurrencyLimits) {
    this.#kind = kind
    this.#limits = limits
  }

  /** The number of running operations. */
  get running(): number {
    return this.#running
  }

  /**
   * Counts one more operation, until the returned function is called.
   * @throws Problem `rate-limited` at the limit of the client or its group, `busy` at the limit of all clients.
   */
  acquire({ name, group }: Client): () => void {
    const { maxTotal, maxPerClient } = this.#limits
    if (this.#clients.get(name) >= maxPerClient)
      throw this.#refusal('rate-limited', maxPerClient, 'of one client')
    const maxPerGroup = Math.ceil(maxTotal / 2)
    // A client that is its own group, such as a key, has only its own limit.
    if (group !== name && this.#groups.get(group) >= maxPerGroup)
      throw this.#refusal('rate-limited', maxPerGroup, 'of one group of clients')
    if (this.#running >= maxTotal) throw this.#refusal('busy', maxTotal, 'in all')
    this.#add(name, group, 1)
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      this.#add(name, group, -1)
    }
  }

  #refusal(type: 'rate-limited' | 'busy', max: number, scope: string): Problem {
    const detail = `At most ${max} ${this.#kind} ${scope} run at the same time. Retry after ${retryAfterSeconds} seconds.`
    return new Problem(type, detail, { headers: { 'retry-after': retryAfterSeconds } })
  }

  #add(name: string, group: string, change: 1 | -1): void {
    this.#running += change
    this.#clients.add(name, change)
    this.#groups.add(group, change)
  }
}

/** The numbers of running operations by name. */
class Counts {
  readonly #counts = new Map<string, number>()

  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  add(name: string, change: 1 | -1): void {
    const count = this.get(name) + change
    if (count > 0) this.#counts.set(name, count)
    else this.#counts.delete(name)
  }
}
