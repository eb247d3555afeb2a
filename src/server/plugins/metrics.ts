import fp from 'fastify-plugin'
import { Metrics } from './metrics/metrics.ts'

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}

/** Provides `app.metrics`. */
export const metrics = fp(
  async function metrics(app) {
    app.decorate('metrics', new Metrics())
  },
  { name: 'metrics' },
)
