import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { packageVersion } from '../../../package-root.ts'
import type { TracingOptions } from '../tracing.ts'

/** Timeout for sending a batch, even when the service stops. */
const exportTimeoutMs = 3000

/** Minimum time between two log lines about spans that could not be sent. */
const warningIntervalMs = 60_000

/** Returns an exporter that reports failures to send, at most once a minute. The spans that could not be sent are dropped. */
function reportFailures(exporter: SpanExporter, onFailure: (reason: string) => void): SpanExporter {
  let nextAt = 0
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS && performance.now() >= nextAt) {
          nextAt = performance.now() + warningIntervalMs
          onFailure(result.error?.message ?? 'unknown')
        }
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

/**
 * Opens a tracer, and a pipeline that sends its spans to a collector in batches. Spans that cannot be sent in time are dropped;
 * requests are not delayed.
 * @param onFailure is called with the reason when spans could not be sent.
 */
export function openTracingPipeline(
  { endpoint, serviceName, resourceAttributes, sampleRatio }: TracingOptions,
  onFailure: (reason: string) => void,
) {
  const sender = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'entente',
      'service.version': packageVersion,
      ...resourceAttributes,
      ...(serviceName !== undefined && { 'service.name': serviceName }),
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reportFailures(sender, onFailure),
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  })
  return {
    tracer: provider.getTracer('entente', packageVersion),
    /** Sends the remaining spans, within a few seconds. Never rejects. */
    close: () => provider.shutdown().catch(() => {}),
  }
}
