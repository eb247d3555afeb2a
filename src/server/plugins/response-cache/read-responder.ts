import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { clientOwner } from '../../../operations/client.ts'
import { seesInternal } from '../../../operations/operation.ts'
import { Audience, type Reader } from './audience.ts'
import { hasNoCache, maxStaleMs } from './cache-control.ts'
import { requestKey } from './cache-key.ts'
import type { ClientGenerations } from './client-generations.ts'
import { chooseEncoding, type NegotiatedEncodings, readAcceptEncoding } from './content-encoding.ts'
import { buildReadHeaders, Representation, represent } from './representation.ts'
import {
  type CacheStatus,
  type Compute,
  computeFor,
  type Found,
  type ResponseCache,
  type StaleResponse,
  type StorableRead,
} from './response-cache.ts'
import { sendApiResponse, sendEncoded } from './send.ts'

/** The stored responses, and which of them a client may get. */
export interface StoredResponses {
  cache: ResponseCache
  generations: ClientGenerations
}

/** Sends the responses to reads: stored ones where the route and the request allow it, otherwise computed ones. */
export class ReadResponder {
  /** Number of responses, by cache status. */
  readonly counts: Record<CacheStatus, number> = {
    hit: 0,
    stale: 0,
    miss: 0,
    collapsed: 0,
    request: 0,
    bypass: 0,
  }
  readonly #stored: StoredResponses | undefined
  readonly #positions: FastifyInstance['positions']
  readonly #publicRead: boolean

  /**
   * @param stored undefined if no responses are stored.
   * @param publicRead whether shared caches may store responses to readers without a role.
   */
  constructor(
    stored: StoredResponses | undefined,
    positions: FastifyInstance['positions'],
    { publicRead }: { publicRead: boolean },
  ) {
    this.#stored = stored
    this.#positions = positions
    this.#publicRead = publicRead
  }

  /**
   * An `onRequest` hook for GET routes with `config.cache`. If a response for the client is stored, sends it and so ends the request.
   * @throws Problem `not-acceptable` when `Accept-Encoding` refuses every encoding.
   */
  readonly serveStored: onRequestHookHandler = (request, reply, done) => {
    const stored = this.#findStored(request)
    const encoded = stored?.get(chooseEncoding(readAcceptEncoding(request), stored.bodyBytes))
    if (!encoded) return done()
    sendEncoded(request, reply, encoded, 'hit')
    this.counts.hit += 1
  }

  /**
   * Sends the response to a read, encoded as the client accepts it, or 304.
   * @param cacheKey returns the normalized key of the request. It is called only on routes with `config.cache`.
   * @throws what `compute` throws, and Problem `not-acceptable`.
   */
  async respond(
    request: FastifyRequest,
    reply: FastifyReply,
    cacheKey: () => string,
    compute: Compute,
  ): Promise<FastifyReply> {
    const accepted = readAcceptEncoding(request)
    const owner = clientOwner(request.client)
    const key = await this.#findKey(request, cacheKey)
    const stale = key === undefined ? undefined : this.#findStale(key, request)
    if (key !== undefined && stale) {
      void this.#stored?.cache.refresh(this.#toStorable(key, request, compute), owner)
      return this.#sendStale(request, reply, stale, accepted)
    }
    const currentKey = key !== undefined && (await this.#stored?.cache.waitUntilCurrent()) ? key : undefined
    const found = await this.#findOrCompute(currentKey, request, { owner, response: reply.raw }, compute)
    this.counts[found.status] += 1
    return this.#send(request, reply, found, accepted, currentKey)
  }

  /** Records that the client of a request has written. Later, the client gets no response from before the write. */
  recordWrite(request: FastifyRequest): void {
    this.#stored?.generations.recordWrite(request)
  }

  /** Returns the stored response to a request with the same bytes, if the client may get it. */
  #findStored(request: FastifyRequest): Representation | undefined {
    const { cache: option } = request.routeOptions.config
    if (!this.#stored || !option || hasNoCache(request.headers['cache-control'])) return undefined
    const { cache, generations } = this.#stored
    return generations.isCaughtUp(request) ? cache.get(requestKey(request, option.headers)) : undefined
  }

  #cacheControl({ actor }: FastifyRequest): string {
    return this.#publicRead && !seesInternal(actor) ? 'public, no-cache' : 'private, no-cache'
  }

  #toStorable(key: string, request: FastifyRequest, compute: Compute): StorableRead {
    const position = this.#positions?.findLatest(request)?.text ?? ''
    return { key, position, cacheControl: this.#cacheControl(request), compute }
  }

  /**
   * Returns the key of the request; undefined if its response must not be stored, or if the changes up to the position that the
   * client has sent are not counted.
   */
  async #findKey(request: FastifyRequest, cacheKey: () => string): Promise<string | undefined> {
    if (!this.#stored || !request.routeOptions.config.cache) return undefined
    const { generations } = this.#stored
    return generations.isCaughtUp(request) || (await generations.catchUp(request)) ? cacheKey() : undefined
  }

  #findStale(key: string, request: FastifyRequest): StaleResponse | undefined {
    const maxMs = maxStaleMs(request.headers['cache-control'])
    if (!this.#stored || maxMs === 0) return undefined
    const { cache, generations } = this.#stored
    return cache.getStale(key, maxMs, generations.getMinGeneration(request))
  }

  async #sendStale(
    request: FastifyRequest,
    reply: FastifyReply,
    { response, ageSeconds }: StaleResponse,
    accepted: NegotiatedEncodings,
  ): Promise<FastifyReply> {
    const encoded = await response.encode(chooseEncoding(accepted, response.bodyBytes))
    this.counts.stale += 1
    return sendEncoded(request, reply.header('age', String(ageSeconds)), encoded, 'stale')
  }

  async #findOrCompute(
    key: string | undefined,
    request: FastifyRequest,
    reader: Reader,
    compute: Compute,
  ): Promise<Found> {
    if (!this.#stored || key === undefined) {
      const response = represent(await computeFor(reader, compute), this.#cacheControl(request), 'once')
      return { response, status: 'bypass' }
    }
    const { cache } = this.#stored
    const read = this.#toStorable(key, request, compute)
    if (hasNoCache(request.headers['cache-control']))
      return { response: await cache.compute(read, new Audience(reader)), status: 'request' }
    return cache.getOrCompute(read, reader)
  }

  /** Sends a response. If it is stored, the next request with the same bytes finds it in this encoding. */
  async #send(
    request: FastifyRequest,
    reply: FastifyReply,
    { response, status }: Found,
    accepted: NegotiatedEncodings,
    key: string | undefined,
  ): Promise<FastifyReply> {
    if (!(response instanceof Representation)) {
      const headers = buildReadHeaders(response, this.#cacheControl(request))
      return sendApiResponse(reply, response, headers, accepted, status)
    }
    const encoding = chooseEncoding(accepted, response.bodyBytes)
    const addsEncoding = !response.get(encoding)
    const encoded = await response.encode(encoding)
    const { cache: option } = request.routeOptions.config
    if (option && key !== undefined) {
      // A request key does not contain the body of a search.
      const keyOfBytes = request.method === 'POST' ? undefined : requestKey(request, option.headers)
      this.#stored?.cache.addRequestKey({ request: keyOfBytes, cache: key }, response, { addsEncoding })
    }
    return sendEncoded(request, reply, encoded, status)
  }
}
