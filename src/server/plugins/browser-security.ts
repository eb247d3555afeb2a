import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'

/** Answers are data: nothing in them is to be run, framed or submitted. `/docs` has a policy of its own. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
}

/** Headers for documents of long ago, which answers of data need not carry. */
const unneeded = {
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const

/**
 * What helmet says in every answer. Nothing in it depends on the request, so it is asked once: to be worked out anew
 * it would cost as much as half of a read.
 */
async function protectiveHeaders(): Promise<Record<string, string>> {
  const bare = Fastify()
  bare.get('/', async (_request, reply) => reply.send())
  const before = await headersOf(bare)
  const guarded = Fastify()
  await guarded.register(helmet, { contentSecurityPolicy, ...unneeded })
  guarded.get('/', async (_request, reply) => reply.send())
  const after = await headersOf(guarded)
  return Object.fromEntries(Object.entries(after).filter(([name]) => !Object.hasOwn(before, name)))
}

async function headersOf(app: FastifyInstance): Promise<Record<string, string>> {
  const { headers } = await app.inject('/')
  await app.close()
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** Headers that scripts of other origins may read beside those that they always may. */
const exposedHeaders = [
  'ETag',
  'Link',
  'Location',
  'Retry-After',
  'Idempotency-Replayed',
  'RateLimit',
  'RateLimit-Policy',
  'WWW-Authenticate',
  'X-Request-Id',
]

/**
 * Tells browsers what may be done with answers: no foreign origin may read them but those given (Fetch standard, CORS).
 * @param origins such as `https://dashboard.example`, or `*` for any.
 */
export async function guardBrowsers(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  const headers = await protectiveHeaders()
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
  if (origins.length === 0) return
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    maxAge: 600,
    strictPreflight: false,
    // The answer to OPTIONS stays the service's own, with Allow.
    preflightContinue: true,
  })
}
