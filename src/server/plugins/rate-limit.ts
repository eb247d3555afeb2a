import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../problems/problem.ts'

/** Length of a window, in milliseconds. */
export const rateLimitWindowMs = 60_000

/** Maximum number of clients in memory. The least recently used one is evicted first. */
export const maxCountedClients = 50_000

/** The limit of an IPv6 site (/48), as a multiple of the limit of one of its subnets (/64). */
const siteFactor = 10

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Cost of a request in units of the rate limit; 1 if absent. */
    cost?: number
  }
  interface FastifyInstance {
    /** Returns the headers with what the client of a request has left now. Absent if there is no rate limit. */
    rateLimitHeaders?: (request: FastifyRequest) => Record<string, string>
  }
}

/** Returns the problem for a client that must wait for the given number of seconds. */
export const rateLimited = (detail: string, seconds: number, headers: Record<string, string> = {}): Problem =>
  new Problem('rate-limited', detail, {
    headers: { ...headers, 'retry-after': String(Math.max(1, seconds)) },
  })

/** What a client has left of its limit. */
interface LimitState {
  /** Units that are left in the window. */
  remaining: number
  /** Seconds until the window ends. */
  ttlInSeconds: number
  /** Whether fewer units were left than the request costs. */
  isExceeded: boolean
}

/** Returns the headers of a limit of `max` units per window. */
const limitHeaders = (max: number, { remaining, ttlInSeconds }: LimitState) => ({
  'ratelimit-policy': `"units";q=${max};w=${rateLimitWindowMs / 1000}`,
  ratelimit: `"units";r=${remaining};t=${ttlInSeconds}`,
})

type Callback = Parameters<FastifyRateLimitStore['incr']>[1]

/**
 * The counts of a limit, by the names of clients or addresses. `LRUCache` measures the windows by the monotonic clock. The store of
 * `@fastify/rate-limit` uses the time of day: when that is set back by an hour, a client that has reached its limit would have to wait
 * for an hour.
 */
export class LimiterStore implements FastifyRateLimitStore {
  readonly #counts = new LRUCache<string, number>({ max: maxCountedClients, ttl: rateLimitWindowMs })

  incr(name: string, callback: Callback): void {
    // A window begins with the first unit. Further ones do not extend it.
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1, { noUpdateTTL: true })
    this.read(name, callback)
  }

  /** Passes the same values to `callback` as `incr`, but counts nothing. */
  read(name: string, callback: Callback): void {
    callback(null, { current: this.#counts.get(name) ?? 0, ttl: this.#counts.getRemainingTTL(name) })
  }

  /**
   * Counts the units of a request in one step, so that concurrent requests cannot use the same units. If fewer units are left, none is
   * counted, so that the client can still use them for cheaper requests.
   * @param cost the units that the request costs.
   * @param max the limit of the client.
   */
  spend(name: string, cost: number, max: number): LimitState {
    const used = this.#counts.get(name) ?? 0
    const isExceeded = used + cost > max
    const count = isExceeded ? used : used + cost
    if (!isExceeded) this.#counts.set(name, count, { noUpdateTTL: true })
    // There is no window yet if the cost of a first request is above `max`.
    const ttlMs = this.#counts.getRemainingTTL(name) || rateLimitWindowMs
    return { remaining: max - count, ttlInSeconds: Math.ceil(ttlMs / 1000), isExceeded }
  }

  child(): FastifyRateLimitStore {
    return new LimiterStore()
  }
}

/**
 * Whether a browser asks if a page may send a request (CORS). It asks without the key of the page, and hides the response to a
 * refused preflight from the page, which then does not learn when to retry. A request with a body is no preflight of a browser.
 */
const isPreflight = ({ is404, method, headers }: FastifyRequest): boolean =>
  !is404 &&
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined &&
  (headers['content-length'] ?? '0') === '0' &&
  headers['transfer-encoding'] === undefined

/** Returns the client that a request counts against: an address, a token's subject, or a key with all its end users. */
const countedClient = ({ client }: FastifyRequest) => (client.isAnonymous ? client.name : client.group)

/**
 * Limits the units that the requests of each client cost in a minute, in this process, with the headers of
 * draft-ietf-httpapi-ratelimit-headers. Routes with `config.rateLimit: false` and preflights of browsers are not counted.
 */
export const rateLimit = fp<{ maxPerMinute: number }>(
  async function rateLimit(app, { maxPerMinute }) {
    const maxPerSite = siteFactor * maxPerMinute
    const clients = new LimiterStore()
    const sites = new LimiterStore()
    app.decorate('rateLimitHeaders', (request: FastifyRequest) =>
      limitHeaders(maxPerMinute, clients.spend(countedClient(request), 0, maxPerMinute)),
    )
    app.addHook('onRequest', (request, reply, done) => {
      const { rateLimit: option, cost = 1 } = request.routeOptions.config
      if (option === false || isPreflight(request)) return done()
      const state = clients.spend(countedClient(request), cost, maxPerMinute)
      const headers = limitHeaders(maxPerMinute, state)
      reply.headers(headers)
      if (state.isExceeded) {
        const detail = `More than ${maxPerMinute} units in a minute. Most requests cost one unit; x-cost in the OpenAPI document says which cost more.`
        return done(rateLimited(detail, state.ttlInSeconds, headers))
      }
      const { client } = request
      if (!client.isAnonymous || client.group === client.name) return done()
      const site = sites.spend(client.group, cost, maxPerSite)
      if (!site.isExceeded) return done()
      const detail = `More than ${maxPerSite} units in a minute from this IPv6 network (/48).`
      done(rateLimited(detail, site.ttlInSeconds, limitHeaders(maxPerSite, site)))
    })
  },
  { name: 'rate-limit', dependencies: ['client'] },
)
