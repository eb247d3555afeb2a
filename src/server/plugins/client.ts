import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Client } from '../../operations/client.ts'
import { anonymousClient, clientAddress } from './client/addresses.ts'
import { readEndUser } from './client/end-user.ts'
import { createForwardingWarning } from './client/forwarding.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The client whose limits the request counts against: a key, its end user, a token's subject or an address. */
    readonly client: Client
  }
}

function findClient(request: FastifyRequest): Client {
  const { kind, id } = request.actor
  if (kind === 'anonymous') return anonymousClient(clientAddress(request))
  const group = `${kind} ${id}`
  const endUser = readEndUser(request)
  return { name: endUser === undefined ? group : `${group} for ${endUser}`, group, isAnonymous: false }
}

/**
 * Provides `request.client`. Refuses a malformed `Client-Id`, and one without a key. Warns of proxies that are not trusted or
 * name no address.
 */
export const client = fp(
  async function client(app) {
    const warnOfForwarding = createForwardingWarning()
    app.decorateRequest('client', {
      getter(this: FastifyRequest) {
        return findClient(this)
      },
    })
    app.addHook('onRequest', (request, _reply, done) => {
      warnOfForwarding(request)
      // Refuses a malformed `Client-Id`.
      if (request.routeOptions.config.access !== undefined) readEndUser(request)
      done()
    })
  },
  { name: 'client', dependencies: ['authentication'] },
)
