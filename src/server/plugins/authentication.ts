import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Access, Actor } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import {
  type AuthenticatorOptions,
  administrator,
  anonymous,
  createAuthenticator,
  unauthorized,
} from './authentication/authenticate.ts'
import { createFailureLimit, notLimited } from './authentication/failure-limit.ts'
import { repetitionProblem } from './http-conformance.ts'
import { rateLimited } from './rate-limit.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The sender of the request; anonymous on routes without `config.access`. */
    actor: Actor
  }
  interface FastifyInstance {
    /** Whether the credentials of an earlier request are still accepted, and with the same role. */
    isAuthorized(request: FastifyRequest): Promise<boolean>
  }
  interface FastifyContextConfig {
    /** The access that the route requires. If absent, the `Authorization` header is not read. */
    access?: Access
  }
}

/**
 * Checks the credentials of a request again, since its body may have arrived long after them.
 * @throws Problem `unauthorized` if they are no longer accepted, or no longer have the same role.
 */
export async function requireStillAuthorized(request: FastifyRequest): Promise<void> {
  if (await request.server.isAuthorized(request)) return
  const detail = 'The key or token was revoked, changed or expired while the request arrived.'
  throw unauthorized(detail, 'invalid_token')
}

/** Options of the plugin `authentication`. */
export interface AuthenticationOptions extends Omit<AuthenticatorOptions, 'keyring' | 'clock'> {
  /** Maximum number of failed authentications from an address per minute; 0 for no limit. */
  maxFailuresPerMinute: number
}

/** Sets `request.actor`, and refuses a request with invalid credentials. The plugin `access` checks the role. */
export const authentication = fp<AuthenticationOptions>(
  async function authentication(app, { maxFailuresPerMinute, ...options }) {
    const authenticate = createAuthenticator({
      ...options,
      keyring: app.keyring,
      clock: app.database.clock,
    })
    const failures = createFailureLimit(app, maxFailuresPerMinute)

    async function authenticateRequest(request: FastifyRequest, authorization: string): Promise<void> {
      const state = await failures.read(request)
      try {
        request.actor = await authenticate(authorization, state)
      } catch (error) {
        if (!(error instanceof Problem) || error.type !== 'unauthorized') throw error
        await failures.count(request, authorization)
        throw state.isLimited
          ? rateLimited('Too many keys from this address were wrong.', state.seconds)
          : error
      }
      if (request.actor === administrator) failures.trust(request)
    }

    app.decorate('isAuthorized', async ({ headers: { authorization }, actor }) => {
      if (authorization === undefined || actor.kind === 'anonymous') return true
      try {
        return (await authenticate(authorization, notLimited)).role === actor.role
      } catch (error) {
        // Without an answer from the database or the issuer, the credentials count as accepted.
        return !(error instanceof Problem && error.type === 'unauthorized')
      }
    })
    app.decorateRequest('actor')
    app.addHook('onRequest', (request, _reply, done) => {
      request.actor = anonymous
      const { authorization } = request.headers
      if (request.routeOptions.config.access === undefined || authorization === undefined) return done()
      // Node.js drops all but the first header, which may not be the one that the client means.
      const problem = repetitionProblem(request, 'Authorization')
      if (problem) throw problem
      authenticateRequest(request, authorization).then(() => done(), done)
    })
  },
  { name: 'authentication', dependencies: ['keyring', 'database'] },
)
