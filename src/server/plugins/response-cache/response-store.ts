import { LRUCache } from 'lru-cache'
import type { Representation } from './representation.ts'

/** The largest share of the memory that one response may take, so that it does not evict all others. */
const maxEntryShare = 1 / 8

/** Bytes that an entry of a map needs beside its texts. */
const entryOverheadBytes = 200

interface Entry {
  representation: Representation
  generation: number
}

/**
 * Responses in memory by cache key, each with the generation of the database in which it was computed. Request keys lead
 * to cache keys, so that a repeated request need not be parsed. The least recently used entries are evicted first.
 */
export class ResponseStore {
  readonly #responses: LRUCache<string, Entry>
  readonly #cacheKeys: LRUCache<string, string>

  /** @param maxBytes of memory that all entries may take together. */
  constructor(maxBytes: number) {
    const maxEntrySize = Math.floor(maxBytes * maxEntryShare)
    this.#cacheKeys = new LRUCache({
      maxSize: maxEntrySize,
      // A character takes two bytes at most.
      sizeCalculation: (cacheKey, requestKey) =>
        2 * (requestKey.length + cacheKey.length) + entryOverheadBytes,
    })
    this.#responses = new LRUCache({
      maxSize: maxBytes - maxEntrySize,
      maxEntrySize,
      sizeCalculation: ({ representation }, key) => representation.size + 2 * key.length,
    })
  }

  /** The response under a cache key; undefined when there is none of this generation. */
  get(key: string, generation: number): Representation | undefined {
    const entry = this.#responses.get(key)
    return entry?.generation === generation ? entry.representation : undefined
  }

  /** The same under a request key. */
  getByRequest(requestKey: string, generation: number): Representation | undefined {
    const key = this.#cacheKeys.get(requestKey)
    return key === undefined ? undefined : this.get(key, generation)
  }

  /** Stores a response. Called again when it has another encoding, which makes it larger. */
  set(key: string, representation: Representation, generation: number): void {
    this.#responses.set(key, { representation, generation })
  }

  /** Lets a request key lead to a cache key. */
  setRequest(requestKey: string, key: string): void {
    this.#cacheKeys.set(requestKey, key)
  }

  /** Number of responses. */
  get count(): number {
    return this.#responses.size
  }

  /** Bytes of all entries, estimated. */
  get size(): number {
    return this.#responses.calculatedSize + this.#cacheKeys.calculatedSize
  }
}
