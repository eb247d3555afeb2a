import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** Called with a request that has ended. */
export type RequestEndHandler = (request: FastifyRequest, reply: FastifyReply) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls `handler` when a request has ended: its response has been sent, or its client has disconnected. */
    onRequestEnd(handler: RequestEndHandler): void
  }
}

/**
 * Provides `app.onRequestEnd`. Fastify's `onResponse` does not run when the client disconnects. All handlers share one
 * listener, since adding a listener takes as long as most handlers.
 */
export const requestEnd = fp(
  async function requestEnd(app) {
    const handlers: RequestEndHandler[] = []
    app.decorate('onRequestEnd', (handler) => {
      handlers.push(handler)
    })
    app.addHook('onRequest', (request, reply, done) => {
      // `close` is emitted exactly once.
      reply.raw.on('close', () => {
        for (const handler of handlers) handler(request, reply)
      })
      done()
    })
  },
  { name: 'request-end' },
)
