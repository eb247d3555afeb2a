import type { RouteShorthandOptions } from 'fastify'
import fp from 'fastify-plugin'
import { requireAccess } from './authentication/authenticate.ts'

/** Options of the plugin `metrics-endpoint`. */
export interface MetricsEndpointOptions {
  /** `open` for anyone; `key` for clients with a key or token of any role. */
  access: 'open' | 'key'
}

/** Serves `/metrics` in the text format of Prometheus. */
export const metricsEndpoint = fp<MetricsEndpointOptions>(
  async function metricsEndpoint(app, { access }) {
    const needsKey = access === 'key'
    const options: RouteShorthandOptions = needsKey ? { config: { access: 'read' } } : {}
    app.get('/metrics', options, async ({ actor }, reply) => {
      // In a public registry, `config.access` lets everyone read. Here, `false` refuses requests without a key or token.
      if (needsKey) requireAccess(actor, 'read', false)
      const { body, type } = await app.metrics.text()
      return reply.type(type).send(body)
    })
  },
  { name: 'metrics-endpoint', dependencies: ['metrics', 'authentication'] },
)
