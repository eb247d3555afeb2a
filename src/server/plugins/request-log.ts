import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { RequestLogger } from './request-log/request-logger.ts'
import { parseTraceId } from './request-log/trace-id.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operationId of the route in the OpenAPI document: its name in logs and metrics. */
    operationId?: string
    /** Level of the line that the request log writes; `info` if absent. */
    requestLogLevel?: 'debug' | 'info'
  }
}

/** Returns the operationId, or outside the API the pattern of the route; never the path as it was sent. */
export const operationName = ({ routeOptions: { config, url } }: FastifyRequest): string =>
  config.operationId ?? url ?? 'none'

/** Turns off Fastify's two log lines for each request, because the plugin writes one line. */
class SilentLogController extends Fastify.LogController {
  override incomingRequest(): void {}
  override requestCompleted(): void {}
}

/** Returns the properties of every log line about a request, in addition to `requestId`. */
function traceBindings({ headers }: Pick<FastifyRequest, 'headers'>): { traceId?: string } {
  const traceId = parseTraceId(headers.traceparent)
  return traceId === undefined ? {} : { traceId }
}

/** Options of the Fastify instance: each request has a unique id, and its log lines have its trace id. */
export const requestIdOptions = {
  logController: new SilentLogController({ requestIdLogLabel: 'requestId' }),
  genReqId: () => randomUUID(),
  childLoggerFactory: (
    logger: FastifyInstance['log'],
    bindings: Record<string, unknown>,
    options: object,
    request: Pick<FastifyRequest, 'headers'>,
  ) => new RequestLogger(logger, () => logger.child({ ...bindings, ...traceBindings(request) }, options)),
}

/** Sets `X-Request-Id`, and writes one log line and one observation of the metrics when a request has ended. */
export const requestLog = fp(
  async function requestLog(app) {
    const { metrics } = app
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      metrics.requestStarted()
      // Without a listener, an error of one response would terminate the process.
      reply.raw.on('error', (error) => {
        // `readAs` aborts a request within the process when its client has disconnected.
        if (error.name !== 'AbortError') request.log.warn({ err: error, req: request }, 'a response failed')
      })
      done()
    })
    app.onRequestEnd((request, reply, isComplete) => {
      const operation = operationName(request)
      const status = isComplete ? String(reply.statusCode) : 'aborted'
      const durationMs = reply.elapsedTime
      metrics.requestEnded(operation, status, durationMs)
      // Not the logger of the request, which would be created only for this line.
      app.log[request.routeOptions.config.requestLogLevel ?? 'info'](
        {
          requestId: request.id,
          ...traceBindings(request),
          req: request,
          operationId: operation,
          status,
          milliseconds: Math.round(durationMs * 10) / 10,
        },
        'request ended',
      )
    })
  },
  { name: 'request-log', dependencies: ['metrics', 'request-end'] },
)
