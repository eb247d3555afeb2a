import type { IncomingHttpHeaders } from 'node:http'
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { getDatabaseError } from '../../../database/errors.ts'
import { describeStatement } from './statement-text.ts'

const propagator = new W3CTraceContextPropagator()
const headerGetter = {
  get: (headers: IncomingHttpHeaders, name: string) => headers[name],
  keys: (headers: IncomingHttpHeaders) => Object.keys(headers),
}

/** How a request ended. */
export interface RequestOutcome {
  /** The `X-Request-Id`, which the request's log lines contain. */
  id: string
  operation: string
  /** The pattern of the path; undefined when no route matched. */
  route: string | undefined
  /**
   * Undefined when the client disconnected before the end of the response. A stream of events always has a status, since its
   * client ends it by disconnecting.
   */
  status: number | undefined
}

/**
 * The span of a request, and the spans of the statements that are run for it. Names and attributes follow OpenTelemetry's
 * semantic conventions for HTTP servers and databases, without URLs and addresses. Attributes that begin with `entente.` are
 * the service's own.
 */
export class RequestSpan {
  readonly #tracer: Tracer
  readonly #method: string
  readonly #span: Span
  readonly #context: Context

  /** @param headers may contain the parent span of the client (W3C Trace Context). */
  constructor(tracer: Tracer, method: string, headers: IncomingHttpHeaders) {
    this.#tracer = tracer
    this.#method = method
    const parent = propagator.extract(ROOT_CONTEXT, headers, headerGetter)
    this.#span = tracer.startSpan(method, { kind: SpanKind.SERVER }, parent)
    this.#context = trace.setSpan(parent, this.#span)
  }

  /** Runs a statement in a span below that of the request. @throws what `run` throws. */
  async runStatement<T>(text: string, run: () => Promise<T>): Promise<T> {
    const { operation, text: safeText } = describeStatement(text)
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.text': safeText,
    }
    const span = this.#tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }, this.#context)
    try {
      return await run()
    } catch (error) {
      // The message is left out, because it may contain values.
      const type = getDatabaseError(error)?.code ?? (error instanceof Error ? error.name : 'unknown')
      span.setAttribute('error.type', type)
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  }

  end({ id, operation, route, status }: RequestOutcome): void {
    const span = this.#span
    if (route !== undefined) span.updateName(`${this.#method} ${route}`).setAttribute('http.route', route)
    span.setAttributes({
      'http.request.method': this.#method,
      'entente.request_id': id,
      'entente.operation': operation,
    })
    if (status !== undefined) span.setAttribute('http.response.status_code', status)
    if (status === undefined || status >= 500) {
      span.setAttribute('error.type', status === undefined ? 'aborted' : String(status))
      span.setStatus({ code: SpanStatusCode.ERROR })
    }
    span.end()
  }
}
