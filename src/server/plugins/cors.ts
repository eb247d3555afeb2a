import fastifyCors from '@fastify/cors'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The CORS headers of a route that pages of all origins may use, whatever `CORS_ORIGINS` is. */
    corsHeaders?: Readonly<Record<string, string>>
  }
}

/** How long browsers may store the response to a preflight. */
const preflightMaxAgeSeconds = 600

/** Response headers that scripts of other origins may read, in addition to those of the Fetch standard. */
const exposedHeaders = [
  'Accept-Patch',
  'Accept-Post',
  'Age',
  'Allow',
  'Cache-Status',
  'Content-Disposition',
  'ETag',
  'Entente-Position',
  'Link',
  'Location',
  'Retry-After',
  'Idempotency-Replayed',
  'RateLimit',
  'RateLimit-Policy',
  'Vary',
  'WWW-Authenticate',
  'X-Request-Id',
]

/** Lets pages of the given origins, such as `https://dashboard.example`, use the API; `*` for all origins. */
export const cors = fp<{ origins: readonly string[] }>(
  async function cors(app, { origins }) {
    await app.register(fastifyCors, {
      origin: [...origins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders,
      maxAge: preflightMaxAgeSeconds,
      strictPreflight: false,
      // The routes answer OPTIONS themselves, with Allow.
      preflightContinue: true,
    })
  },
  { name: 'cors' },
)

/** Sets the CORS headers of routes that pages of all origins may use, also on refusals by later plugins. */
export const routeCorsHeaders = fp(
  async function routeCorsHeaders(app) {
    app.addHook('onRequest', ({ routeOptions: { config } }, reply, done) => {
      if (config.corsHeaders) reply.headers(config.corsHeaders)
      done()
    })
  },
  { name: 'route-cors-headers' },
)
