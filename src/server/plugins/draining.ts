import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** Whether the service is about to end. */
export interface Draining {
  readonly begun: boolean
}

/**
 * Ends the service so that no request is lost: when it is closed, connections are still taken for a while, though every
 * answer asks the client to close its own, and `begun` is told to those who send requests here. Only then nobody is
 * listened to any more, and the requests in flight are answered.
 * @param milliseconds of the while; none where it does not listen.
 */
export function drainBeforeClosing(app: FastifyInstance, milliseconds: number): Draining {
  let begun = false
  app.addHook('preClose', async () => {
    begun = true
    if (app.server.listening) await delay(milliseconds)
  })
  // Requests that come after it are told by Fastify itself; this is for those that were there before.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (begun) reply.header('connection', 'close')
    done()
  })
  return {
    get begun() {
      return begun
    },
  }
}
