import { LRUCache } from 'lru-cache'
import { laterPosition, type Position } from '../../../database/replicas/position.ts'

/** How long the position of a client is stored. */
export const positionTtlMs = 60_000

/**
 * Maximum number of clients in memory. After an eviction, and until the evicted position expires, the latest position of the
 * evicted clients applies to every client that is not in memory.
 */
const maxClients = 10_000

/**
 * The latest position of each client: that of a commit of its requests to this process, or one that includes all commits that a
 * rolled-back transaction of its requests has seen.
 */
export class ClientPositions {
  #latestEvicted: { position: Position | undefined; until: number } = { position: undefined, until: 0 }
  readonly #positions = new LRUCache<string, Position>({
    max: maxClients,
    ttl: positionTtlMs,
    dispose: (position, _client, reason) => {
      if (reason !== 'evict') return
      const until = performance.now() + positionTtlMs
      this.#latestEvicted = { position: laterPosition(this.#latestEvicted.position, position), until }
    },
  })

  set(client: string, position: Position): void {
    // The responses to two concurrent writes may be sent in a different order from their commits.
    this.#positions.set(client, laterPosition(this.#positions.get(client), position) ?? position)
  }

  get(client: string): Position | undefined {
    const { position, until } = this.#latestEvicted
    return this.#positions.get(client) ?? (performance.now() < until ? position : undefined)
  }
}
