import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { operationName } from './request-log.ts'
import type { RequestSpan } from './tracing/request-span.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Runs a statement in a span below the span of its request. Absent if there is no collector. */
    traceStatement?: <T>(text: string, run: () => Promise<T>) => Promise<T>
  }
}

/** The collector of traces, and the ratio of requests that are traced. */
export interface TracingOptions {
  /** URL of the collector, to which `/v1/traces` is added. */
  endpoint: string
  /** Name of the service. It replaces `service.name` of `resourceAttributes`, which replaces the default `entente`. */
  serviceName: string | undefined
  /** Attributes of the service, which all its spans have. */
  resourceAttributes: Readonly<Record<string, string>> | undefined
  /** Ratio of the requests without a parent span that are traced, from 0 to 1. */
  sampleRatio: number
}

/**
 * Sends a span of each traced request (`sampleRatio`) and of each of its statements to an OpenTelemetry collector (OTLP over
 * HTTP). Spans hold names, durations, statuses, and statements without values: no URLs and no addresses of clients. Registered
 * only when there is a collector, since loading the SDK and each span take processor time.
 */
export const tracing = fp<TracingOptions>(
  async function tracing(app, options) {
    const { openTracingPipeline } = await import('./tracing/pipeline.ts')
    const { RequestSpan } = await import('./tracing/request-span.ts')
    const pipeline = openTracingPipeline(options, (reason) =>
      app.log.warn({ reason }, 'traces could not be sent'),
    )
    const current = new AsyncLocalStorage<RequestSpan>()
    const spans = new WeakMap<FastifyRequest, RequestSpan>()

    app.addHook('onRequest', (request, _reply, done) => {
      const span = new RequestSpan(pipeline.tracer, request.method, request.headers)
      spans.set(request, span)
      current.run(span, done)
    })
    app.onRequestEnd((request, reply, isComplete) => {
      const { id, routeOptions } = request
      // Clients end a stream of events by disconnecting.
      const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
      const status = isComplete || isStream ? reply.statusCode : undefined
      spans.get(request)?.end({ id, operation: operationName(request), route: routeOptions.url, status })
    })
    app.decorate('traceStatement', (text, run) => {
      const span = current.getStore()
      return span ? span.runStatement(text, run) : run()
    })
    app.addHook('onClose', () => pipeline.close())
  },
  { name: 'tracing', dependencies: ['request-end', 'request-log'] },
)
