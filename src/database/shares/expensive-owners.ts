import { LRUCache } from 'lru-cache'
import { type Owner, ownerKey } from './work.ts'

/** How long an owner is kept after it was last added, in milliseconds. */
const ttlMs = 60_000

const maxOwners = 1000

/** The owners that, in the last minute, sent a statement with a new text that proved expensive. */
export class ExpensiveOwners {
  readonly #owners = new LRUCache<string, true>({ max: maxOwners, ttl: ttlMs })

  add(owner: Owner): void {
    this.#owners.set(ownerKey(owner), true)
  }

  has(owner: Owner): boolean {
    return this.#owners.size > 0 && this.#owners.has(ownerKey(owner))
  }
}
