import type { Changes } from '../../../database/changes.ts'
import type { ApiResponse } from '../../../operations/operation.ts'
import { Audience, type Reader } from './audience.ts'
import { Representation, represent } from './representation.ts'
import { ResponseStore } from './response-store.ts'

/**
 * How a response came to be, in the words of RFC 9211: stored; computed since none was stored; computed once for several
 * requests; computed since the request demands it; not stored at all.
 */
export type CacheStatus = 'hit' | 'miss' | 'collapsed' | 'request' | 'bypass'

/** A response that can be stored and encoded, or one that is sent as it is. */
export type CacheableResponse = Representation | ApiResponse

/** Asks the database for a response. `getSignal` returns a signal that aborts when nobody waits for it any more. */
export type Compute = (getSignal: () => AbortSignal) => Promise<ApiResponse>

/** Computes a response for one reader alone. */
export function computeFor(reader: Reader, compute: Compute): Promise<ApiResponse> {
  const audience = new Audience(reader)
  return compute(() => audience.getSignal())
}

/** The keys of a request: as it was sent, where it is a GET, and normalised. */
export interface RequestKeys {
  request: string | undefined
  cache: string
}

interface Pending {
  generation: number
  audience: Audience
  response: Promise<CacheableResponse>
}

/**
 * Stores the responses to reads while the database is unchanged.
 *
 * A response is stored under the generation of the database in which its computation began, and only if the generation
 * is the same when it ends: so it contains every change that this process knows of. Identical requests of one generation
 * share one computation.
 */
export class ResponseCache {
  readonly #changes: Changes
  readonly #store: ResponseStore
  readonly #pending = new Map<string, Pending>()

  /**
   * @param maxBytes of memory for stored responses.
   * @param cacheControl the `Cache-Control` of responses that set none themselves.
   */
  constructor(changes: Changes, maxBytes: number) {
    this.#changes = changes
    this.#store = new ResponseStore(maxBytes)
  }

  /** Number of stored responses. */
  get count(): number {
    return this.#store.count
  }

  /** Bytes of stored responses, estimated. */
  get size(): number {
    return this.#store.size
  }

  /** The stored response to a request with the same bytes, if it is still true. Parses nothing. */
  get(requestKey: string): Representation | undefined {
    return this.#changes.isCurrent()
      ? this.#store.getByRequest(requestKey, this.#changes.generation)
      : undefined
  }

  /** Stores a response again after it got another encoding, and lets the request as it was sent lead to it. */
  set({ request, cache }: RequestKeys, response: Representation, { isLarger }: { isLarger: boolean }): void {
    const { generation } = this.#changes
    if (this.#store.get(cache, generation) !== response) return
    if (isLarger) this.#store.set(cache, response, generation)
    if (request !== undefined) this.#store.setRequest(request, cache)
  }

  /** Whether stored responses can be served: every change is received. Waits 100 ms at most. */
  isCurrent(): Promise<boolean> {
    return this.#changes.becomesCurrent()
  }

  /** The stored response, or that of an identical request in progress, or a new one. */
  async getOrCompute(
    key: string,
    reader: Reader,
    cacheControl: string,
    compute: Compute,
  ): Promise<{ response: CacheableResponse; status: CacheStatus }> {
    const { generation } = this.#changes
    const stored = this.#store.get(key, generation)
    if (stored) return { response: stored, status: 'hit' }
    const pending = this.#pending.get(key)
    if (pending?.generation !== generation || pending.audience.hasLeft)
      return { response: await this.#computeShared(key, reader, cacheControl, compute), status: 'miss' }
    pending.audience.join(reader)
    const response = await pending.response
    if (response instanceof Representation) return { response, status: 'collapsed' }
    // Only one reader can consume a stream.
    return {
      response: represent(await computeFor(reader, compute), cacheControl, 'once'),
      status: 'bypass',
    }
  }

  /** Computes a response, and stores it if nothing has changed meanwhile and the operation allows it. */
  async compute(
    key: string,
    audience: Audience,
    cacheControl: string,
    compute: Compute,
  ): Promise<CacheableResponse> {
    const { generation } = this.#changes
    const computed = await compute(() => audience.getSignal())
    const response = represent(computed, cacheControl, 'store')
    const isStorable = response instanceof Representation && computed.headers['cache-control'] === undefined
    if (isStorable && this.#changes.generation === generation) this.#store.set(key, response, generation)
    return response
  }

  async #computeShared(
    key: string,
    reader: Reader,
    cacheControl: string,
    compute: Compute,
  ): Promise<CacheableResponse> {
    const audience = new Audience(reader)
    const response = this.compute(key, audience, cacheControl, compute)
    const pending = { generation: this.#changes.generation, audience, response }
    this.#pending.set(key, pending)
    try {
      return await pending.response
    } finally {
      // A request of a later generation may have replaced it.
      if (this.#pending.get(key) === pending) this.#pending.delete(key)
    }
  }
}
