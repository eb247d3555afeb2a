import type { Changes } from '../../../database/changes.ts'
import { everything } from '../../../database/database.ts'
import type { Owner } from '../../../database/shares/work.ts'
import type { ApiResponse } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'
import type { DependencyFinder } from '../../../query/dependencies.ts'
import { Audience, type Reader } from './audience.ts'
import { Representation, represent } from './representation.ts'
import { ResponseStore } from './response-store.ts'

/**
 * The origin of a response, which `send.ts` translates to `Cache-Status` (RFC 9211). `hit`: stored; `stale`: stored and stale;
 * `miss`: computed, because none was stored; `collapsed`: computed for an earlier request; `request`: computed, because the
 * request has `no-cache`; `bypass`: computed for this request only, and not stored.
 */
export type CacheStatus = 'hit' | 'stale' | 'miss' | 'collapsed' | 'request' | 'bypass'

/** A response that can be stored and encoded, or one that is sent unchanged. */
export type CacheableResponse = Representation | ApiResponse

/** The computation of a response: the clients for which it is done, and what it reports. */
export interface Computation {
  /** Returns a signal that aborts when no client waits for the response any more. */
  getSignal(): AbortSignal
  /** As in `Work`. */
  onFurtherOwner(listener: (owner: Owner) => void): () => void
  /** Called with the text of each statement that reads data for the response. */
  onRead(text: string): void
  /** Called with the time as of which a replica reads, in milliseconds of `performance.now()`, as in `Freshness`. */
  onReplica(asOf: number): void
}

/** Computes a response from the database. */
export type Compute = (computation: Computation) => Promise<ApiResponse>

/** Computes a response for a single reader. */
export function computeFor(reader: Reader, compute: Compute): Promise<ApiResponse> {
  return compute({ ...computationFor(new Audience(reader)), onRead: () => {}, onReplica: () => {} })
}

const computationFor = (audience: Audience) => ({
  getSignal: () => audience.getSignal(),
  onFurtherOwner: (listener: (owner: Owner) => void) => audience.onOwner(listener),
})

/** The keys under which the response to a request is found. */
export interface RequestKeys {
  /** The exact bytes of a GET; undefined for a POST. */
  request: string | undefined
  /** The normalized request, under which the response is stored. */
  cache: string
}

/** A read whose response can be stored. */
export interface StorableRead {
  /** The normalized request, under which the response is stored. */
  key: string
  /**
   * A position in the log of the database, up to which the response must contain all changes; empty if the request has none. Only
   * requests with the same position share a computation.
   */
  position: string
  /** The header `Cache-Control` of the response, unless the operation sets it. */
  cacheControl: string
  compute: Compute
}

/** A response and where it comes from. */
export interface Found {
  response: CacheableResponse
  status: CacheStatus
}

/** A stored response that is stale. */
export interface StaleResponse {
  response: Representation
  /** Seconds since it became stale, rounded up: the value of the header `Age`. */
  ageSeconds: number
}

interface Pending {
  computed: Computed
  audience: Audience
  response: Promise<CacheableResponse>
}

/** The generation up to which a response contains every change. A replica may lower it during the computation. */
interface Computed {
  generation: number
}

/** The response of a reader that never disconnects, for computations in the background. */
const backgroundResponse: Reader['response'] = { destroyed: false, writableFinished: false, once: () => {} }

/** Maximum number of computations that a request joins. If all of them are refused a connection, it starts its own. */
const maxJoinsPerRequest = 2

/** Whether the owner of a computation got no connection. Other owners may get one. */
const isRefusal = (error: unknown) =>
  error instanceof Problem && (error.type === 'overloaded' || error.type === 'too-many-waiting')

/**
 * Stores the responses to reads. Serves a response while the data that it was read from is unchanged, and later only to clients
 * that accept stale responses.
 *
 * A response is stored with the generation of the database at the start of its computation, and with the resources that its
 * statements read. It is current if none of these resources has changed since: then it contains every change that this process
 * knows of. A response that was computed on a replica is stored with the generation at the time that the replica had reached,
 * because later changes may have been counted but not replayed. Identical requests of one generation share one computation,
 * which waits for a connection until the first of their clients has its turn.
 */
export class ResponseCache {
  readonly #changes: Changes
  readonly #dependencies: DependencyFinder
  readonly #store: ResponseStore
  readonly #pending = new Map<string, Pending>()

  /** @param maxBytes of memory for stored responses. */
  constructor(changes: Changes, dependencies: DependencyFinder, maxBytes: number) {
    this.#changes = changes
    this.#dependencies = dependencies
    this.#store = new ResponseStore(maxBytes)
    changes.onChange((resource) => {
      // A record that became internal or was redacted must disappear immediately.
      if (resource === everything) this.#store.clear()
      else this.#store.markStale(resource)
    })
  }

  /** Number of stored responses. */
  get count(): number {
    return this.#store.count
  }

  /** Estimated bytes of stored responses. */
  get size(): number {
    return this.#store.size
  }

  /** Returns the stored response to a request with the same bytes, if it is current. Parses nothing. */
  get(requestKey: string): Representation | undefined {
    return this.#changes.isCurrent() ? this.#store.getByRequest(requestKey) : undefined
  }

  /**
   * Returns the stored response under a key if it is stale, but not longer than the client accepts.
   * @param minGeneration the earliest generation in which the response may have been read.
   */
  getStale(key: string, maxStaleMs: number, minGeneration: number): StaleResponse | undefined {
    const stored = this.#store.find(key)
    if (stored?.staleSince === undefined || stored.generation < minGeneration) return undefined
    const staleMs = performance.now() - stored.staleSince
    return staleMs > maxStaleMs
      ? undefined
      : { response: stored.representation, ageSeconds: Math.ceil(staleMs / 1000) }
  }

  /**
   * Adds the request key of a stored response.
   * @param addsEncoding whether an encoding was added, so that the response takes more memory.
   */
  addRequestKey(
    { request, cache }: RequestKeys,
    response: Representation,
    { addsEncoding }: { addsEncoding: boolean },
  ): void {
    if (this.#store.find(cache)?.representation !== response) return
    if (addsEncoding) this.#store.resize(cache)
    if (request !== undefined) this.#store.setRequest(request, cache)
  }

  /** Whether all changes older than 100 ms have been counted, so that stored responses can be served. Waits at most 100 ms. */
  waitUntilCurrent(): Promise<boolean> {
    return this.#changes.waitUntilCurrent()
  }

  /**
   * Returns the stored response, or the response of an identical request in progress, or a new one.
   * @param maxJoins how many computations of other requests may still be joined.
   * @throws what `read.compute` throws.
   */
  async getOrCompute(read: StorableRead, reader: Reader, maxJoins = maxJoinsPerRequest): Promise<Found> {
    const stored = this.#store.get(read.key)
    if (stored) return { response: stored, status: 'hit' }
    const pending = maxJoins > 0 ? this.#findPending(read) : undefined
    if (!pending) return { response: await this.#computeShared(read, reader), status: 'miss' }
    pending.audience.join(reader)
    const response = await pending.response.catch((error: unknown) => {
      if (!isRefusal(error)) throw error
    })
    if (!response) return this.getOrCompute(read, reader, maxJoins - 1)
    if (response instanceof Representation) return { response, status: 'collapsed' }
    // Only one reader can consume a stream.
    return {
      response: represent(await computeFor(reader, read.compute), read.cacheControl, 'once'),
      status: 'bypass',
    }
  }

  /** Recomputes a stale response for later requests, unless a computation is in progress. Never rejects. */
  async refresh(read: StorableRead, owner: Owner): Promise<void> {
    if (this.#findPending(read)) return
    // The next request gets the same error and sends it to its client.
    await this.#computeShared(read, { owner, response: backgroundResponse }).catch(() => {})
  }

  /** Computes a response, and stores it if the operation allows it. @throws what `compute` throws. */
  async compute(
    { key, cacheControl, compute }: StorableRead,
    audience: Audience,
    computed: Computed = { generation: this.#changes.generation },
  ): Promise<CacheableResponse> {
    let asOf = performance.now()
    const texts = new Set<string>()
    const apiResponse = await compute({
      ...computationFor(audience),
      onRead: (text) => texts.add(text),
      onReplica: (moment) => {
        asOf = Math.min(asOf, moment)
        computed.generation = Math.min(computed.generation, this.#changes.generationAt(asOf))
      },
    })
    const { generation } = computed
    const response = represent(apiResponse, cacheControl, 'store')
    const isStorable =
      response instanceof Representation && apiResponse.headers['cache-control'] === undefined
    // With an empty list, `hasChanged` finds only changes of everything, such as redactions.
    if (!isStorable || this.#changes.hasChanged([], generation)) return response
    // A response made without a statement has no known dependencies, so any change makes it stale.
    const dependencies = texts.size === 0 ? everything : this.#dependencies.findAll(texts)
    const staleSince = this.#changes.hasChanged(dependencies, generation) ? asOf : undefined
    this.#store.set(key, { representation: response, dependencies, generation, staleSince })
    return response
  }

  #findPending({ position, key }: StorableRead): Pending | undefined {
    const pending = this.#pending.get(position + key)
    return pending?.computed.generation !== this.#changes.generation || pending.audience.isEmpty
      ? undefined
      : pending
  }

  async #computeShared(read: StorableRead, reader: Reader): Promise<CacheableResponse> {
    const audience = new Audience(reader)
    const computed = { generation: this.#changes.generation }
    const response = this.compute(read, audience, computed)
    const pending = { computed, audience, response }
    const pendingKey = read.position + read.key
    this.#pending.set(pendingKey, pending)
    try {
      return await pending.response
    } finally {
      // A request of a later generation may have replaced the entry.
      if (this.#pending.get(pendingKey) === pending) this.#pending.delete(pendingKey)
    }
  }
}
