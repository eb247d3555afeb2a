import { setTimeout as delay } from 'node:timers/promises'
import fp from 'fastify-plugin'

/** How long requests in flight may take after the service has stopped listening, in milliseconds. */
export const completionTimeoutMs = 10_000

declare module 'fastify' {
  interface FastifyInstance {
    /** True from the start of the shutdown. */
    readonly isShuttingDown: boolean
    /** Aborts when the service stops listening. Endless responses, such as streams, then end. */
    closing: AbortSignal
  }
}

/**
 * Shuts the service down without losing a request. For `drainMs` the server still accepts connections, `isShuttingDown` is
 * true, and each response asks its client to close the connection. Then the server stops listening, closes idle connections and
 * completes the requests in flight. It closes the connections of those that take longer than `completionTimeoutMs`, since a
 * client may never send or read the rest. A server that is not listening skips the wait.
 */
export const shutdown = fp<{ drainMs: number }>(
  async function shutdown(app, { drainMs }) {
    let isShuttingDown = false
    const closing = new AbortController()
    app.decorate('isShuttingDown', { getter: () => isShuttingDown })
    app.decorate('closing', closing.signal)
    app.addHook('preClose', async () => {
      isShuttingDown = true
      if (app.server.listening) await delay(drainMs)
      closing.abort()
      // Node.js itself closes only those idle connections that have had a request.
      app.connections.closeAllIdle()
      setTimeout(() => app.server.closeAllConnections(), completionTimeoutMs).unref()
    })
    // Fastify sets the header for requests that arrive during the shutdown; this hook sets it for earlier requests.
    app.addHook('onSend', (_request, reply, _payload, done) => {
      if (isShuttingDown) reply.header('connection', 'close')
      done()
    })
  },
  { name: 'shutdown', dependencies: ['connections'] },
)
