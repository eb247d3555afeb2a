import fp from 'fastify-plugin'
import { requireAccess } from './authentication/authenticate.ts'

/**
 * Refuses a request whose role is below the `access` of its route. With `publicRead`, everyone has the access `read`. Refused
 * requests count against the rate limit.
 */
export const access = fp<{ publicRead: boolean }>(
  async function access(app, { publicRead }) {
    app.addHook('onRequest', ({ actor, routeOptions }, _reply, done) => {
      const { access: required } = routeOptions.config
      if (required !== undefined) requireAccess(actor, required, publicRead)
      done()
    })
  },
  { name: 'access', dependencies: ['authentication'] },
)
