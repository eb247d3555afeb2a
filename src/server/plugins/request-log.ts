import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'
import { traceIdOf } from './request-log/trace-id.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operationId of an endpoint. */
    operationId?: string
  }
}

/** Routes of those who watch over the service, which ask so often that nobody wants to read of it. */
const watchers = new Set(['/healthz', '/readyz', '/metrics'])

/** What a request is counted under: the operation, or the route outside the API; never what was sent. */
const operationOf = ({ routeOptions: { config, url } }: FastifyRequest): string =>
  config.operationId ?? url ?? 'none'

/** Nothing is logged of requests but what `followRequests` does, once for each, and errors of streams. */
class OneLine extends Fastify.LogController {
  override incomingRequest(): void {}
  override requestCompleted(): void {}
}

/**
 * How requests are known in logs: each by an id of its own, and by the trace that it belongs to when it says so. These
 * are options of Fastify.
 */
export const requestIds = {
  logController: new OneLine({ requestIdLogLabel: 'requestId' }),
  genReqId: () => randomUUID(),
  childLoggerFactory: (
    logger: FastifyInstance['log'],
    bindings: Record<string, unknown>,
    options: object,
    { headers }: { headers: FastifyRequest['headers'] },
  ) => {
    const traceId = traceIdOf(headers.traceparent)
    return logger.child(traceId === undefined ? bindings : { ...bindings, traceId }, options)
  },
}

/** Tells each answer its request's id, and tells log and metrics of every request once, when it has ended. */
export function followRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    metrics.begun()
    // This comes once in any case, also when the client leaves before the answer is complete.
    reply.raw.once('close', () => {
      const operation = operationOf(request)
      const status = reply.raw.writableFinished ? String(reply.statusCode) : 'aborted'
      const milliseconds = reply.elapsedTime
      metrics.ended(operation, status, milliseconds)
      const level = watchers.has(operation) ? 'debug' : 'info'
      request.log[level](
        { req: request, operationId: operation, status, milliseconds: Math.round(milliseconds * 10) / 10 },
        'request ended',
      )
    })
    done()
  })
}
