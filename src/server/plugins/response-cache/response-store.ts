import { LRUCache } from 'lru-cache'
import type { Dependencies } from '../../../database/changes.ts'
import { everything } from '../../../database/database.ts'
import type { Representation } from './representation.ts'

/** Maximum share of the memory for one response, so that it does not evict all others, and for all request keys together. */
const maxEntryShare = 1 / 8

/** Estimated bytes of a map entry in addition to its texts. */
const entryOverheadBytes = 200

/** A stored response. */
export interface StoredResponse {
  readonly representation: Representation
  /** The resources that the response was read from. */
  readonly dependencies: Dependencies
  /** The generation of the database as of which the response was read. A replica may read an earlier one than the latest. */
  readonly generation: number
  /** When it became stale, in milliseconds of `performance.now()`; undefined while it is current. */
  staleSince: number | undefined
}

/**
 * Stores responses in memory by cache key, each with the resources that it was read from. When a resource changes, the response
 * becomes stale, but remains stored for clients that accept stale responses. Request keys lead to cache keys, so that a
 * repeated request need not be parsed. The least recently used entries are evicted first.
 */
export class ResponseStore {
  readonly #responses: LRUCache<string, StoredResponse>
  readonly #cacheKeys: LRUCache<string, string>
  /** Responses that are not stale, by their dependencies. */
  readonly #fresh = new Map<string, Set<StoredResponse>>()

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
      sizeCalculation: ({ representation }, key) => representation.memoryBytes + 2 * key.length,
      dispose: (response) => this.#forgetDependencies(response),
    })
  }

  /** Returns the response under a cache key, stale or not. */
  find(key: string): StoredResponse | undefined {
    return this.#responses.get(key)
  }

  /** Returns the response under a cache key if it is current. */
  get(key: string): Representation | undefined {
    const response = this.#responses.get(key)
    return response?.staleSince === undefined ? response?.representation : undefined
  }

  /** Returns the response under a request key if it is current. */
  getByRequest(requestKey: string): Representation | undefined {
    const key = this.#cacheKeys.get(requestKey)
    return key === undefined ? undefined : this.get(key)
  }

  /** Stores a response. */
  set(key: string, response: StoredResponse): void {
    if (response.staleSince === undefined)
      for (const resource of listDependencies(response)) this.#getFresh(resource).add(response)
    this.#responses.set(key, response)
    // The LRU cache does not store a response that is too large.
    if (!this.#responses.has(key)) this.#forgetDependencies(response)
  }

  /** Recalculates the size of a response to which an encoding was added. */
  resize(key: string): void {
    const response = this.#responses.get(key)
    // The LRU cache calculates the size only of a new object.
    if (response) this.set(key, { ...response })
  }

  /** Maps a request key to a cache key. */
  setRequest(requestKey: string, key: string): void {
    this.#cacheKeys.set(requestKey, key)
  }

  /** Marks the responses that were read from a resource as stale. Later changes to the resource do not visit them again. */
  markStale(resource: string): void {
    const now = performance.now()
    for (const name of [resource, everything]) {
      const responses = this.#fresh.get(name)
      if (!responses) continue
      for (const response of responses) {
        response.staleSince = now
        this.#forgetDependencies(response)
      }
    }
  }

  /** Removes all responses. */
  clear(): void {
    this.#responses.clear()
    this.#fresh.clear()
  }

  /** Number of responses. */
  get count(): number {
    return this.#responses.size
  }

  /** Estimated bytes of all entries. */
  get size(): number {
    return this.#responses.calculatedSize + this.#cacheKeys.calculatedSize
  }

  #getFresh(resource: string): Set<StoredResponse> {
    const known = this.#fresh.get(resource) ?? new Set()
    this.#fresh.set(resource, known)
    return known
  }

  #forgetDependencies(response: StoredResponse): void {
    for (const resource of listDependencies(response)) this.#fresh.get(resource)?.delete(response)
  }
}

const listDependencies = ({ dependencies }: StoredResponse): readonly string[] =>
  dependencies === everything ? [everything] : dependencies
