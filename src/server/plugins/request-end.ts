import { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/**
 * Called with a request that has ended.
 * @param isComplete whether the whole response was sent; otherwise the client has disconnected.
 */
export type RequestEndHandler = (request: FastifyRequest, reply: FastifyReply, isComplete: boolean) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Calls `handler` when a request has ended: its response has been sent, or its client has disconnected. */
    onRequestEnd(handler: RequestEndHandler): void
  }
}

/** A request within the process (`app.inject`) has no socket, so its response is complete when its last part is written. */
const isComplete = ({ raw: { socket } }: FastifyRequest, { raw }: FastifyReply): boolean =>
  socket instanceof Socket ? raw.writableFinished : raw.writableEnded

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
        for (const handler of handlers) handler(request, reply, isComplete(request, reply))
      })
      done()
    })
  },
  { name: 'request-end' },
)
