import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'

/** Length of a window, in milliseconds. */
export const rateLimitWindowMs = 60_000

/** Most clients in memory. The least recent one is dropped first. */
export const maxCountedClients = 50_000

/** How many times the limit of one IPv6 subscriber its site may use: a site of 65,536 subscribers is one client, too. */
const siteFactor = 10

/** The problem of a client that has to wait for some seconds. */
export const rateLimited = (detail: string, seconds: number, headers: Record<string, string> = {}): Problem =>
  new Problem('rate-limited', detail, {
    headers: { ...headers, 'retry-after': String(Math.max(1, seconds)) },
  })

/** Whom a request counts for: an address, or a key with all its end clients. */
const countedClient = ({ client }: FastifyRequest) => (client.isAnonymous ? client.name : client.group)

/**
 * Limits the requests of each client in a minute, in this process, with the headers of
 * draft-ietf-httpapi-ratelimit-headers. Routes with `config.rateLimit: false` are not counted.
 */
export const rateLimit = fp<{ maxPerMinute: number }>(
  async function rateLimit(app, { maxPerMinute }) {
    // The types leave `cache` out where a single limiter takes it.
    const options = { max: maxPerMinute, cache: maxCountedClients, keyGenerator: countedClient }
    const siteOptions = {
      max: siteFactor * maxPerMinute,
      cache: maxCountedClients,
      keyGenerator: ({ client }: FastifyRequest) => client.group,
    }
    const count = app.createRateLimit(options)
    const countSite = app.createRateLimit(siteOptions)
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.rateLimit === false) return
      const state = await count(request)
      if (state.isAllowed) return
      const headers = {
        'ratelimit-policy': `"requests";q=${maxPerMinute};w=${rateLimitWindowMs / 1000}`,
        ratelimit: `"requests";r=${state.remaining};t=${state.ttlInSeconds}`,
      }
      reply.headers(headers)
      if (state.isExceeded)
        throw rateLimited(`More than ${maxPerMinute} requests in a minute.`, state.ttlInSeconds, headers)
      const { client } = request
      if (!client.isAnonymous || client.group === client.name) return
      const site = await countSite(request)
      if (site.isAllowed || !site.isExceeded) return
      const detail = `More than ${siteOptions.max} requests in a minute from this IPv6 network (/48).`
      throw rateLimited(detail, site.ttlInSeconds, headers)
    })
  },
  { name: 'rate-limit', dependencies: ['@fastify/rate-limit', 'client'] },
)
