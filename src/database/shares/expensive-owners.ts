import { LRUCache } from 'lru-cache'
import type { Owner } from './work.ts'

/** How long an owner is remembered, in milliseconds. */
const rememberedMs = 60_000

const maxOwners = 1000

/** The owners who sent a statement of a new shape that turned out to be expensive, in the last minute. */
export class ExpensiveOwners {
  readonly #owners = new LRUCache<string, true>({ max: maxOwners, ttl: rememberedMs })

  add(owner: Owner): void {
    this.#owners.set(owner.join('\n'), true)
  }

  has(owner: Owner): boolean {
    return this.#owners.size > 0 && this.#owners.has(owner.join('\n'))
  }
}
