import { LRUCache } from 'lru-cache'

/** Maximum number of clients in memory. For an evicted client, the latest write of all evicted ones applies. */
const maxClients = 10_000

/** The generation of the database after the last write of each client through this process. */
export class OwnWrites {
  #ofDropped = 0
  readonly #generations = new LRUCache<string, number>({
    max: maxClients,
    dispose: (generation, _client, reason) => {
      if (reason === 'evict') this.#ofDropped = Math.max(this.#ofDropped, generation)
    },
  })

  /** Notes a write. */
  add(client: string, generation: number): void {
    this.#generations.set(client, generation)
  }

  /** The generation that a response for a client must be read in, or in a later one. */
  get(client: string): number {
    return this.#generations.get(client) ?? this.#ofDropped
  }
}

/** Positions of commits of which it is known that their changes were counted, each with the generation at that time. */
export class SeenPositions {
  readonly #generations = new LRUCache<string, number>({ max: maxClients })

  add(position: string, generation: number): void {
    if (!this.#generations.has(position)) this.#generations.set(position, generation)
  }

  has(position: string): boolean {
    return this.#generations.has(position)
  }

  /** The generation that a response must be read in that has the changes of a position; 0 when none is needed. */
  get(position: string | undefined): number {
    return position === undefined ? 0 : (this.#generations.get(position) ?? 0)
  }
}
