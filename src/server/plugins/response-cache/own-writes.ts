import { LRUCache } from 'lru-cache'

/** Most clients in memory. For one that was dropped, the latest write of all dropped ones counts. */
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
