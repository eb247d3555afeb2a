import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Access, Actor } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import { anonymous, authenticator, type Credentials, requireAccess } from './authentication/authenticate.ts'
import { addressName } from './client/addresses.ts'
import { maxCountedClients, rateLimited } from './rate-limit.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; anonymous on routes without `config.access`. */
    actor: Actor
  }
  interface FastifyContextConfig {
    /** What the route demands of its client. Left out, the `Authorization` header is not read. */
    access?: Access
  }
}

/** Options of the plugin `authentication`. */
export interface AuthenticationOptions extends Omit<Credentials, 'keyring'> {
  /** Whether reading needs no key. */
  publicRead: boolean
  /** Most failed authentications of an address in a minute; 0 for no limit. */
  maxFailuresPerMinute: number
}

interface FailureLimit {
  /** @throws Problem `rate-limited` when too many authentications from this address have failed. */
  check(request: FastifyRequest): Promise<void>
  count(request: FastifyRequest): Promise<void>
}

function failureLimit(app: FastifyInstance, max: number): FailureLimit {
  if (max === 0) return { check: async () => {}, count: async () => {} }
  // The types leave `cache` out where a single limiter takes it.
  const options = { max, cache: maxCountedClients, keyGenerator: ({ ip }: FastifyRequest) => addressName(ip) }
  const failures = app.createRateLimit(options)
  return {
    check: async (request) => {
      const state = await failures(request, { increment: false })
      if (state.isAllowed || state.remaining > 0) return
      throw rateLimited('Too many keys from this address were wrong.', state.ttlInSeconds)
    },
    count: async (request) => void (await failures(request)),
  }
}

/** Sets `request.actor`, and refuses a request whose role is below the `access` of its route. */
export const authentication = fp<AuthenticationOptions>(
  async function authentication(app, { publicRead, maxFailuresPerMinute, ...credentials }) {
    const authenticate = authenticator({ ...credentials, keyring: app.keyring })
    const failures = failureLimit(app, maxFailuresPerMinute)

    async function authorize(request: FastifyRequest, authorization: string, access: Access): Promise<void> {
      await failures.check(request)
      try {
        request.actor = await authenticate(authorization)
      } catch (error) {
        if (error instanceof Problem && error.type === 'unauthorized') await failures.count(request)
        throw error
      }
      requireAccess(request.actor, access, publicRead)
    }

    app.decorateRequest('actor')
    app.addHook('onRequest', (request, _reply, done) => {
      request.actor = anonymous
      const { access } = request.routeOptions.config
      if (access === undefined) return done()
      const { authorization } = request.headers
      if (authorization !== undefined) {
        authorize(request, authorization, access).then(() => done(), done)
        return
      }
      requireAccess(anonymous, access, publicRead)
      done()
    })
  },
  { name: 'authentication', dependencies: ['keyring'] },
)
