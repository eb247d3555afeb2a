import type { Changes } from '../../../database/changes.ts'
import { everything } from '../../../database/database.ts'
import type { ApiResponse } from '../../../operations/operation.ts'
import type { SourceFinder } from '../../../query/sources.ts'
import { Audience, type Reader } from './audience.ts'
import { Representation, represent } from './representation.ts'
import { ResponseStore } from './response-store.ts'

/**
 * How a response came to be, in the words of RFC 9211: stored; stored, and served although it is stale; computed since none
 * was stored; computed once for several requests; computed since the request demands it; not stored at all.
 */
export type CacheStatus = 'hit' | 'stale' | 'miss' | 'collapsed' | 'request' | 'bypass'

/** A response that can be stored and encoded, or one that is sent as it is. */
export type CacheableResponse = Representation | ApiResponse

/** What the computation of a response reports, and when it is cancelled. */
export interface Computation {
  /** Returns a signal that aborts when no client waits for the response any more. */
  getSignal(): AbortSignal
  /** Receives the text of each statement that the response is read by. */
  onRead(text: string): void
  /** Receives the moment as of which a replica reads, as of `Freshness`. */
  onReplica(asOf: number): void
}

/** Computes a response from the database. */
export type Compute = (computation: Computation) => Promise<ApiResponse>

/** Computes a response for one reader alone. */
export function computeFor(reader: Reader, compute: Compute): Promise<ApiResponse> {
  const audience = new Audience(reader)
  return compute({ getSignal: () => audience.getSignal(), onRead: () => {}, onReplica: () => {} })
}

/** The keys of a request: as it was sent, where it is a GET, and normalised. */
export interface RequestKeys {
  request: string | undefined
  cache: string
}

/** A stored response that is stale. */
export interface StaleResponse {
  response: Representation
  /** For how many seconds it may have been stale. */
  ageSeconds: number
}

interface Pending {
  computed: Computed
  audience: Audience
  response: Promise<CacheableResponse>
}

/** The state that the computation of a response contains: at least every change up to a generation. */
interface Computed {
  generation: number
}

/** The cache itself as a reader, which never stops waiting. */
const patientReader: Reader = { destroyed: false, writableFinished: false, once: () => {} }

/**
 * Stores the responses to reads while what they were read of is unchanged.
 *
 * A response is stored with the generation of the database in which its computation began and with the resources that
 * its statements read. It is as good as the database if none of them has changed since: so it contains every change that
 * this process knows of. Identical requests of one generation share one computation. One that a replica has read counts as
 * begun as of the moment that the replica had reached, since changes may have been counted that were not there yet.
 */
export class ResponseCache {
  readonly #changes: Changes
  readonly #sources: SourceFinder
  readonly #store: ResponseStore
  readonly #pending = new Map<string, Pending>()

  /** @param maxBytes of memory for stored responses. */
  constructor(changes: Changes, sources: SourceFinder, maxBytes: number) {
    this.#changes = changes
    this.#sources = sources
    this.#store = new ResponseStore(maxBytes)
    changes.onChange((source) => {
      // A record that became internal or was redacted must disappear at once.
      if (source === everything) this.#store.clear()
      else this.#store.markStale(source)
    })
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
    return this.#changes.isCurrent() ? this.#store.getByRequest(requestKey) : undefined
  }

  /**
   * The stored response under a key, if it is stale, but for no longer than a client accepts.
   * @param minGeneration the generation that it must have been read in, or in a later one.
   */
  getStale(key: string, maxStaleMs: number, minGeneration: number): StaleResponse | undefined {
    const stored = this.#store.find(key)
    if (stored?.staleSince === undefined || stored.generation < minGeneration) return undefined
    const staleMs = performance.now() - stored.staleSince
    return staleMs > maxStaleMs
      ? undefined
      : { response: stored.representation, ageSeconds: Math.ceil(staleMs / 1000) }
  }

  /** Stores a response again after it got another encoding, and lets the request as it was sent lead to it. */
  set({ request, cache }: RequestKeys, response: Representation, { isLarger }: { isLarger: boolean }): void {
    if (this.#store.find(cache)?.representation !== response) return
    if (isLarger) this.#store.resize(cache)
    if (request !== undefined) this.#store.setRequest(request, cache)
  }

  /** Whether stored responses can be served: every change is received. Waits 100 ms at most. */
  isCurrent(): Promise<boolean> {
    return this.#changes.becomesCurrent()
  }

  /**
   * The stored response, or that of an identical request in progress, or a new one.
   * @param position that the response must have reached, as text; requests with others share no computation.
   */
  async getOrCompute(
    key: string,
    position: string,
    reader: Reader,
    cacheControl: string,
    compute: Compute,
  ): Promise<{ response: CacheableResponse; status: CacheStatus }> {
    const stored = this.#store.get(key)
    if (stored) return { response: stored, status: 'hit' }
    const pending = this.#findPending(position + key)
    if (!pending)
      return {
        response: await this.#computeShared(key, position, reader, cacheControl, compute),
        status: 'miss',
      }
    pending.audience.join(reader)
    const response = await pending.response
    if (response instanceof Representation) return { response, status: 'collapsed' }
    // Only one reader can consume a stream.
    return {
      response: represent(await computeFor(reader, compute), cacheControl, 'once'),
      status: 'bypass',
    }
  }

  /** Computes a stale response again, unless that is being done, for the next request. Never rejects. */
  async refresh(key: string, position: string, cacheControl: string, compute: Compute): Promise<void> {
    if (this.#findPending(position + key)) return
    // The next request runs into the same error, and its client gets it.
    await this.#computeShared(key, position, patientReader, cacheControl, compute).catch(() => {})
  }

  /** Computes a response, and stores it if the operation allows it. */
  async compute(
    key: string,
    audience: Audience,
    cacheControl: string,
    compute: Compute,
    computed: Computed = { generation: this.#changes.generation },
  ): Promise<CacheableResponse> {
    let asOf = performance.now()
    const texts = new Set<string>()
    const apiResponse = await compute({
      getSignal: () => audience.getSignal(),
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
    if (!isStorable || this.#changes.hasChanged([], generation)) return response
    // A response made without a statement has no known sources, so any change makes it stale.
    const sources = texts.size === 0 ? everything : this.#sources.findAll(texts)
    const staleSince = this.#changes.hasChanged(sources, generation) ? asOf : undefined
    this.#store.set(key, { representation: response, sources, generation, staleSince })
    return response
  }

  #findPending(key: string): Pending | undefined {
    const pending = this.#pending.get(key)
    return pending?.computed.generation !== this.#changes.generation || pending.audience.hasLeft
      ? undefined
      : pending
  }

  async #computeShared(
    key: string,
    position: string,
    reader: Reader,
    cacheControl: string,
    compute: Compute,
  ): Promise<CacheableResponse> {
    const audience = new Audience(reader)
    const computed = { generation: this.#changes.generation }
    const response = this.compute(key, audience, cacheControl, compute, computed)
    const pending = { computed, audience, response }
    const pendingKey = position + key
    this.#pending.set(pendingKey, pending)
    try {
      return await pending.response
    } finally {
      // A request of a later generation may have replaced it.
      if (this.#pending.get(pendingKey) === pending) this.#pending.delete(pendingKey)
    }
  }
}
