import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'

/** Length of a window, in milliseconds. */
export const rateLimitWindowMs = 60_000

/** Most clients in memory. The least recent one is dropped first. */
export const maxCountedClients = 50_000

/** Where a request comes from. An IPv6 subscriber has a whole /64. */
export const addressKey = (request: FastifyRequest): string => `address ${normalizeIP(request.ip)}`

/** Whom a request counts for: its key or subject, and the address of an anonymous one. */
const clientKey = (request: FastifyRequest): string => {
  const { kind, id } = request.actor
  return kind === 'anonymous' ? addressKey(request) : `${kind} ${id}`
}

/** The problem of a client that has to wait for some seconds. */
export const rateLimited = (detail: string, seconds: number, headers: Record<string, string> = {}): Problem =>
  new Problem('rate-limited', detail, {
    headers: { ...headers, 'retry-after': String(Math.max(1, seconds)) },
  })

/**
 * Limits the requests of each client in a minute, in this process, with the headers of
 * draft-ietf-httpapi-ratelimit-headers. Routes with `config.rateLimit: false` are not counted.
 */
export const rateLimit = fp<{ maxPerMinute: number }>(
  async function rateLimit(app, { maxPerMinute }) {
    // The types leave `cache` out where a single limiter takes it.
    const options = { max: maxPerMinute, cache: maxCountedClients, keyGenerator: clientKey }
    const count = app.createRateLimit(options)
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.rateLimit === false) return
      const state = await count(request)
      if (state.isAllowed) return
      const headers = {
        'ratelimit-policy': `"requests";q=${maxPerMinute};w=${rateLimitWindowMs / 1000}`,
        ratelimit: `"requests";r=${state.remaining};t=${state.ttlInSeconds}`,
      }
      reply.headers(headers)
      if (!state.isExceeded) return
      throw rateLimited(`More than ${maxPerMinute} requests in a minute.`, state.ttlInSeconds, headers)
    })
  },
  { name: 'rate-limit', dependencies: ['@fastify/rate-limit', 'authentication'] },
)
