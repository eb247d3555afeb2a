import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../problems/problem.ts'

/** Longest path with query, in characters; longer than any cursor, and short enough to leave headers room in 16 KiB. */
const longestUrl = 14 * 1024

/** Most failed authentications of an address in a minute. */
const mostFailures = 20

const minute = 60_000

/** How many keys and addresses are counted; the one that was quiet for longest makes room. */
const cache = 50_000

/** Refuses URLs that are too long, on every route. */
export function limitUrls(app: FastifyInstance): void {
  app.addHook('onRequest', ({ url }, _reply, done) => {
    if (url.length <= longestUrl) return done()
    const detail = `Path and query have ${url.length} characters; at most ${longestUrl} are possible.`
    done(new Problem('uri-too-long', detail))
  })
}

/** How often somebody may ask, in this process. */
export interface Limits {
  /** Counts a request and says in headers how many are left. @throws Problem `rate-limited`. */
  count(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** @throws Problem `rate-limited` when too many authentications from this address have failed. */
  checkFailures(request: FastifyRequest): Promise<void>
  countFailure(request: FastifyRequest): Promise<void>
}

const unlimited: Limits = {
  count: async () => {},
  checkFailures: async () => {},
  countFailure: async () => {},
}

/** Where a request comes from; an IPv6 subscriber has a whole /64. */
export const addressOf = (request: FastifyRequest): string => `address ${normalizeIP(request.ip)}`

const tooMany = (detail: string, seconds: number, headers: Record<string, string> = {}) =>
  new Problem('rate-limited', detail, {
    headers: { ...headers, 'retry-after': String(Math.max(1, seconds)) },
  })

/**
 * Limits requests, in windows of a minute, with the headers of draft-ietf-httpapi-ratelimit-headers.
 * @param most requests a minute; 0 for any number.
 * @param keyOf whom a request counts for.
 */
export async function limitRequests(
  app: FastifyInstance,
  most: number,
  keyOf: (request: FastifyRequest) => string,
): Promise<Limits> {
  if (most === 0) return unlimited
  await app.register(rateLimit, { global: false, timeWindow: minute })
  const limiter = (max: number, keyGenerator: (request: FastifyRequest) => string) => {
    // The types leave `cache` out where it is taken for each limiter.
    const options = { max, cache, keyGenerator }
    return app.createRateLimit(options)
  }
  const requests = limiter(most, keyOf)
  const failures = limiter(Math.min(mostFailures, most), addressOf)
  return {
    count: async (request, reply) => {
      const state = await requests(request)
      if (state.isAllowed) return
      const headers = {
        'ratelimit-policy': `"requests";q=${most};w=${minute / 1000}`,
        ratelimit: `"requests";r=${state.remaining};t=${state.ttlInSeconds}`,
      }
      reply.headers(headers)
      if (!state.isExceeded) return
      throw tooMany(`More than ${most} requests in a minute.`, state.ttlInSeconds, headers)
    },
    checkFailures: async (request) => {
      const state = await failures(request, { increment: false })
      if (state.isAllowed || state.remaining > 0) return
      throw tooMany('Too many keys from this address were wrong.', state.ttlInSeconds)
    },
    countFailure: async (request) => void (await failures(request)),
  }
}
