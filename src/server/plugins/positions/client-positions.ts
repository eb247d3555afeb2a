import { LRUCache } from 'lru-cache'
import { later, type Position } from '../../../database/replicas/position.ts'

/** How long the position of a client's last write is kept. */
export const positionTtlMs = 60_000

/** Maximum number of clients in memory. For an evicted client, the latest position of all evicted ones applies. */
const maxClients = 10_000

/** The latest position that each client has written through this process. */
export class ClientPositions {
  #ofDropped: { position: Position | undefined; until: number } = { position: undefined, until: 0 }
  readonly #positions = new LRUCache<string, Position>({
    max: maxClients,
    ttl: positionTtlMs,
    dispose: (position, _client, reason) => {
      if (reason !== 'evict') return
      const until = performance.now() + positionTtlMs
      this.#ofDropped = { position: later(this.#ofDropped.position, position), until }
    },
  })

  set(client: string, position: Position): void {
    // The responses of two writes at once may come in another order than their commits.
    this.#positions.set(client, later(this.#positions.get(client), position) ?? position)
  }

  get(client: string): Position | undefined {
    const { position, until } = this.#ofDropped
    return this.#positions.get(client) ?? (performance.now() < until ? position : undefined)
  }
}
