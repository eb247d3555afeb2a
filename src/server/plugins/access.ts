import fp from 'fastify-plugin'
import { requireAccess } from './authentication/authenticate.ts'
import { requireStillAuthorized } from './authentication.ts'

/** After this time, in milliseconds, the credentials of a request are checked again when its body has arrived. */
const maxCredentialsAgeMs = 1000

/**
 * Refuses a request whose role is below the `access` of its route. With `publicRead`, everyone has the access `read`. Refused
 * requests count against the rate limit. Also refuses a request whose key or token was revoked, changed or expired while its body
 * arrived.
 */
export const access = fp<{ publicRead: boolean }>(
  async function access(app, { publicRead }) {
    app.addHook('onRequest', ({ actor, routeOptions }, _reply, done) => {
      const { access: required } = routeOptions.config
      if (required !== undefined) requireAccess(actor, required, publicRead)
      done()
    })
    app.addHook('preHandler', (request, reply, done) => {
      if (reply.elapsedTime <= maxCredentialsAgeMs) done()
      else requireStillAuthorized(request).then(() => done(), done)
    })
  },
  { name: 'access', dependencies: ['authentication'] },
)
