import fp from 'fastify-plugin'
import type { Changes } from '../../database/changes.ts'
import { autocommitReads } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import { DependencyFinder, readCatalog } from '../../query/dependencies.ts'
import { ClientGenerations } from './response-cache/client-generations.ts'
import { ReadResponder } from './response-cache/read-responder.ts'
import { ResponseCache } from './response-cache/response-cache.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Stores the responses of the route. `headers` are the request headers that they may depend on, in lower case. */
    cache?: { headers: readonly string[] }
  }
  interface FastifyInstance {
    readResponder: ReadResponder
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

/** Provides `app.readResponder`: stored responses to reads, content encoding, and 304. */
export const responseCache = fp<ResponseCacheOptions>(
  async function responseCache(app, { maxBytes, publicRead, registry }) {
    const { changes, metrics, positions } = app
    const openStored = async (counted: Changes) => {
      const catalog = await readCatalog(autocommitReads(app.database))
      return {
        cache: new ResponseCache(counted, new DependencyFinder(registry, catalog), maxBytes),
        generations: new ClientGenerations(counted, positions),
      }
    }
    const stored = changes && (await openStored(changes))
    const readResponder = new ReadResponder(stored, positions, { publicRead })
    app.decorate('readResponder', readResponder)
    metrics.counter(
      'entente_cache_answers_total',
      'Responses to reads, by result: hit, stale, miss, collapsed, request or bypass.',
      'result',
      readResponder.counts,
    )
    if (!changes || !stored) return
    const { cache } = stored
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
