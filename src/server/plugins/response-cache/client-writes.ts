import { LRUCache } from 'lru-cache'

/** Maximum number of clients, and of positions. For an evicted client, the latest write of all evicted clients applies. */
const maxClients = 10_000

/** The generation of the database after the last write of each client through this process. */
export class ClientWrites {
  #latestEvicted = 0
  readonly #generations = new LRUCache<string, number>({
    max: maxClients,
    dispose: (generation, _client, reason) => {
      if (reason === 'evict') this.#latestEvicted = Math.max(this.#latestEvicted, generation)
    },
  })

  /** Records a write. */
  add(client: string, generation: number): void {
    this.#generations.set(client, generation)
  }

  /** Returns the earliest generation in which a response for a client may have been read. */
  get(client: string): number {
    return this.#generations.get(client) ?? this.#latestEvicted
  }
}

/** Positions of commits whose changes have been counted, each with the generation at that time. */
export class CountedPositions {
  readonly #generations = new LRUCache<string, number>({ max: maxClients })

  add(position: string, generation: number): void {
    if (!this.#generations.has(position)) this.#generations.set(position, generation)
  }

  has(position: string): boolean {
    return this.#generations.has(position)
  }

  /** Returns the earliest known generation that contains all changes up to a position; 0 for an unknown position or none. */
  get(position: string | undefined): number {
    return position === undefined ? 0 : (this.#generations.get(position) ?? 0)
  }
}
