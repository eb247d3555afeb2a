import type { RouteShorthandOptions } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'

/** Serves `/metrics` in the text format of Prometheus: to anyone, or to clients with a key or token of any role. */
export const metricsEndpoint = fp<{ access: 'open' | 'key' }>(
  async function metricsEndpoint(app, { access }) {
    const needsKey = access === 'key'
    const options: RouteShorthandOptions = needsKey ? { config: { access: 'read' } } : {}
    app.get('/metrics', options, async ({ actor }, reply) => {
      // In a public registry, read access alone would let anonymous clients in.
      if (needsKey && actor.kind === 'anonymous')
        throw new Problem('unauthorized', 'Reading metrics requires a key.')
      const { body, type } = await app.metrics.text()
      return reply.type(type).header('cache-control', 'no-store').send(body)
    })
  },
  { name: 'metrics-endpoint', dependencies: ['metrics', 'authentication'] },
)
