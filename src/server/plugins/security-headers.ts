import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/**
 * Responses are data: browsers must not run, load or submit anything in them, nor show them in frames. The dashboard, the pages
 * of `/docs` and `/reconcile/preview` set other policies.
 */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
}

/** Headers that only old browsers or HTML pages need. `frame-ancestors` of the policy replaces `X-Frame-Options`. */
const unneeded = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  referrerPolicy: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const

/**
 * Returns the headers that helmet sets. None depends on the request, so they are read once from a temporary app. Computing them
 * for each response would take half as long as a cached read.
 */
async function helmetHeaders(): Promise<Record<string, string>> {
  const bare = Fastify()
  bare.get('/', async (_request, reply) => reply.send())
  const before = await fetchHeaders(bare)
  const guarded = Fastify()
  await guarded.register(helmet, { contentSecurityPolicy, ...unneeded })
  guarded.get('/', async (_request, reply) => reply.send())
  const after = await fetchHeaders(guarded)
  return Object.fromEntries(Object.entries(after).filter(([name]) => !Object.hasOwn(before, name)))
}

/** Returns the headers of the response to `/`, and closes the app. */
async function fetchHeaders(app: FastifyInstance): Promise<Record<string, string>> {
  const { headers } = await app.inject('/')
  await app.close()
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** Sets the headers of helmet on every response. */
export const securityHeaders = fp(
  async function securityHeaders(app) {
    const headers = await helmetHeaders()
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers)
      done()
    })
  },
  { name: 'security-headers' },
)
