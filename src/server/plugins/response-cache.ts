import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import type { Changes } from '../../database/changes.ts'
import { autocommitReads } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import { seesInternal } from '../../operations/operation.ts'
import { readCatalog, SourceFinder } from '../../query/sources.ts'
import { Audience, type Reader } from './response-cache/audience.ts'
import { hasNoCache, maxStaleMs } from './response-cache/cache-control.ts'
import { requestKey } from './response-cache/cache-key.ts'
import { ClientWrites, CountedPositions } from './response-cache/client-writes.ts'
import { chooseEncoding, negotiatedEncodings } from './response-cache/content-encoding.ts'
import { buildReadHeaders, Representation, represent } from './response-cache/representation.ts'
import {
  type CacheableResponse,
  type CacheStatus,
  type Compute,
  computeFor,
  ResponseCache,
} from './response-cache/response-cache.ts'
import { sendApiResponse, sendEncoded } from './response-cache/send.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Stores the responses of the route. `headers` are the request headers that they may depend on, in lower case. */
    cache?: { headers: readonly string[] }
  }
  interface FastifyInstance {
    responseCache: {
      /** An `onRequest` hook for GET routes with `config.cache`. If a response is stored, sends it and so ends the request. */
      serveStored: onRequestHookHandler
      /**
       * Sends the response to a read, encoded as the client accepts it, or 304.
       * @param cacheKey returns the normalised key of the request. It is called only on routes with `config.cache`.
       * @throws what `compute` throws, and Problem `not-acceptable`.
       */
      respond(
        request: FastifyRequest,
        reply: FastifyReply,
        cacheKey: () => string,
        compute: Compute,
      ): Promise<FastifyReply>
      /** Records that the client of a request has written. Later, the client gets no response from before the write. */
      recordWrite(request: FastifyRequest): void
    }
  }
}

/** Options of the plugin `response-cache`. */
export interface ResponseCacheOptions {
  /** Maximum bytes of stored responses. Nothing is stored when `app.changes` is undefined. */
  maxBytes: number
  /** Whether shared caches may store responses to readers without a role. Every cache must revalidate them. */
  publicRead: boolean
  /** The resources that responses are read from. */
  registry: Registry
}

/** Provides `app.responseCache`: stored responses to reads, content encoding, and 304. */
export const responseCache = fp<ResponseCacheOptions>(
  async function responseCache(app, { maxBytes, publicRead, registry }) {
    const { changes, metrics } = app
    const cacheControlFor = ({ actor }: FastifyRequest) =>
      publicRead && !seesInternal(actor) ? 'public, no-cache' : 'private, no-cache'
    const counts: Record<CacheStatus, number> = {
      hit: 0,
      stale: 0,
      miss: 0,
      collapsed: 0,
      request: 0,
      bypass: 0,
    }
    const openCache = async (counted: Changes) => {
      const catalog = await readCatalog(autocommitReads(app.database))
      return new ResponseCache(counted, new SourceFinder(registry, catalog), maxBytes)
    }
    const cache = changes && (await openCache(changes))
    const clientWrites = new ClientWrites()
    const countedPositions = new CountedPositions()

    /** Returns the position that a client has sent, for example after a write through another process. */
    const sentPosition = (request: FastifyRequest) => app.positions?.readSent(request)?.text

    /** Waits until the changes up to the position of the client have been counted. @returns whether they have been. */
    async function catchUp(request: FastifyRequest): Promise<boolean> {
      const position = sentPosition(request)
      if (!changes || position === undefined || countedPositions.has(position)) return true
      if (!(await changes.catchUp())) return false
      countedPositions.add(position, changes.generation)
      return true
    }

    /** Returns the earliest generation in which a response for the client may have been read. */
    const minGeneration = (request: FastifyRequest) =>
      Math.max(clientWrites.get(request.client.name), countedPositions.get(sentPosition(request)))

    /** Returns the client's position, or ''. Only requests with the same position share a computation. */
    const positionText = (request: FastifyRequest) => app.positions?.findLatest(request)?.text ?? ''

    function findStale(request: FastifyRequest, cacheKey: () => string) {
      const maxMs = maxStaleMs(request.headers['cache-control'])
      if (!cache || maxMs === 0 || !request.routeOptions.config.cache) return undefined
      const key = cacheKey()
      const stale = cache.getStale(key, maxMs, minGeneration(request))
      return (
        stale && {
          ...stale,
          refresh: (compute: Compute) =>
            cache.refresh(key, positionText(request), cacheControlFor(request), compute),
        }
      )
    }

    /** Sends a stale response, and recomputes it in the background. */
    async function sendStale(
      request: FastifyRequest,
      reply: FastifyReply,
      { response, ageSeconds, refresh }: NonNullable<ReturnType<typeof findStale>>,
      compute: Compute,
    ): Promise<FastifyReply> {
      const encoded = await response.encode(chooseEncoding(negotiatedEncodings(request), response.length))
      void refresh(compute)
      counts.stale += 1
      return sendEncoded(request, reply.header('age', String(ageSeconds)), encoded, 'stale')
    }

    async function findOrCompute(
      key: string | undefined,
      request: FastifyRequest,
      reader: Reader,
      compute: Compute,
    ): Promise<{ response: CacheableResponse; status: CacheStatus }> {
      const cacheControl = cacheControlFor(request)
      if (!cache || key === undefined)
        return {
          response: represent(await computeFor(reader, compute), cacheControl, 'once'),
          status: 'bypass',
        }
      if (hasNoCache(request.headers['cache-control']))
        return {
          response: await cache.compute(key, new Audience(reader), cacheControl, compute),
          status: 'request',
        }
      return cache.getOrCompute(key, positionText(request), reader, cacheControl, compute)
    }

    app.decorate('responseCache', {
      serveStored(request, reply, done) {
        const { cache: option } = request.routeOptions.config
        if (!cache || !option || hasNoCache(request.headers['cache-control'])) return done()
        const position = sentPosition(request)
        if (position !== undefined && !countedPositions.has(position)) return done()
        const stored = cache.get(requestKey(request, option.headers))
        const encoded = stored?.get(chooseEncoding(negotiatedEncodings(request), stored.length))
        if (!encoded) return done()
        sendEncoded(request, reply, encoded, 'hit')
        counts.hit += 1
      },

      async respond(request, reply, cacheKey, compute) {
        const accepted = negotiatedEncodings(request)
        const isCaughtUp = sentPosition(request) === undefined || (await catchUp(request))
        const stale = isCaughtUp ? findStale(request, cacheKey) : undefined
        if (stale) return sendStale(request, reply, stale, compute)
        const { cache: option } = request.routeOptions.config
        const key = cache && option && isCaughtUp && (await cache.isCurrent()) ? cacheKey() : undefined
        const { response, status } = await findOrCompute(key, request, reply.raw, compute)
        counts[status] += 1
        if (!(response instanceof Representation))
          return sendApiResponse(
            request,
            reply,
            response,
            buildReadHeaders(response, cacheControlFor(request)),
            accepted,
            status,
          )
        const encoding = chooseEncoding(accepted, response.length)
        const isLarger = !response.get(encoding)
        const encoded = await response.encode(encoding)
        if (cache && option && key !== undefined) {
          // A request key does not contain the body of a search.
          const keyOfBytes = request.method === 'POST' ? undefined : requestKey(request, option.headers)
          cache.addRequestKey({ request: keyOfBytes, cache: key }, response, { isLarger })
        }
        return sendEncoded(request, reply, encoded, status)
      },

      recordWrite({ client, lastCommit }) {
        if (!changes) return
        clientWrites.add(client.name, changes.generation)
        if (lastCommit) countedPositions.add(lastCommit.text, changes.generation)
      },
    })

    metrics.counter(
      'entente_cache_answers_total',
      'Responses to reads, by source as in Cache-Status.',
      'result',
      counts,
    )
    if (!changes || !cache) return
    metrics.gauge('entente_cache_bytes', 'Bytes of stored responses.', () => cache.size)
    metrics.gauge('entente_cache_entries', 'Stored responses.', () => cache.count)
    metrics.gauge('entente_cache_generation', 'Changes that have been counted.', () => changes.generation)
    metrics.gauge(
      'entente_cache_on',
      '1 while notifications of changes arrive, so that stored responses are served.',
      () => (changes.isListening ? 1 : 0),
    )
  },
  { name: 'response-cache', dependencies: ['changes', 'client', 'database', 'metrics', 'positions'] },
)
