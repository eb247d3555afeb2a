import type { RouteShorthandOptions } from 'fastify'
import fp from 'fastify-plugin'
import { requireAccess } from './authentication/authenticate.ts'

/** Serves `/metrics` in the text format of Prometheus: to anyone, or to clients with a key or token of any role. */
export const metricsEndpoint = fp<{ access: 'open' | 'key' }>(
  async function metricsEndpoint(app, { access }) {
    const needsKey = access === 'key'
    const options: RouteShorthandOptions = needsKey ? { config: { access: 'read' } } : {}
    app.get('/metrics', options, async ({ actor }, reply) => {
      // In a public registry, `config.access` lets everyone read.
      if (needsKey) requireAccess(actor, 'read', false)
      const { body, type } = await app.metrics.text()
      return reply.type(type).header('cache-control', 'no-store').send(body)
    })
  },
  { name: 'metrics-endpoint', dependencies: ['metrics', 'authentication'] },
)
