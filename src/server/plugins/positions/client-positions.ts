import { LRUCache } from 'lru-cache'
import { later, type Position } from '../../../database/replicas/position.ts'

/** For how long it is remembered what a client has written. */
export const positionTtlMs = 60_000

/** Most clients in memory. For one that was dropped, the latest position of all dropped ones counts. */
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
