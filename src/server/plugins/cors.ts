import fastifyCors from '@fastify/cors'
import fp from 'fastify-plugin'

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
      maxAge: 600,
      strictPreflight: false,
      // The routes answer OPTIONS themselves, with Allow.
      preflightContinue: true,
    })
  },
  { name: 'cors' },
)
