import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** Receives a request that has ended. */
export type RequestEndHandler = (request: FastifyRequest, reply: FastifyReply) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls `handler` when a request has ended: its response is sent, or its client has left before. */
    onRequestEnd(handler: RequestEndHandler): void
  }
}

/**
 * Provides `app.onRequestEnd`. Fastify's `onResponse` does not run when the client leaves. All handlers share one listener,
 * since a listener costs as much as what most of them do.
 */
export const requestEnd = fp(
  async function requestEnd(app) {
    const handlers: RequestEndHandler[] = []
    app.decorate('onRequestEnd', (handler) => {
      handlers.push(handler)
    })
    app.addHook('onRequest', (request, reply, done) => {
      // `close` comes exactly once.
      reply.raw.on('close', () => {
        for (const handler of handlers) handler(request, reply)
      })
      done()
    })
  },
  { name: 'request-end' },
)
