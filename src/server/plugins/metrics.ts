import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { PoolWatch } from '../../database/guard.ts'
import { placesTaken } from '../../operations/places.ts'
import { Problem } from '../../problems/problem.ts'
import { type Admit, actorOf } from './authentication.ts'
import type { Memory, Reads } from './response-cache/response-cache.ts'

/** Upper ends of the histogram's buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Why a request was turned away with 503 before it was looked at. */
export type Shed = 'lag' | 'memory' | 'queue' | 'wait'

/** What is counted, for Prometheus. Labels are bounded: operations, statuses and what is listed here. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'entente_http_request_duration_seconds',
    help: 'Requests by operationId (or route) and status, from their headers to the end of the answer.',
    labelNames: ['operation', 'status'] as const,
    buckets,
    registers: [this.#registry],
  })
  readonly #shed = new Counter({
    name: 'entente_requests_shed_total',
    help: 'Requests turned away with 503: by lag of the process, its memory, or waiting for the pool.',
    labelNames: ['reason'] as const,
    registers: [this.#registry],
  })
  readonly #stopped = new Counter({
    name: 'entente_statement_timeouts_total',
    help: 'Statements that were stopped since they took too long.',
    registers: [this.#registry],
  })
  readonly #slow = new Counter({
    name: 'entente_slow_statements_total',
    help: 'Statements that were logged as slow.',
    registers: [this.#registry],
  })
  #inFlight = 0
  #hasDefaults = false

  constructor() {
    this.gauge('entente_http_requests_in_flight', 'Requests that are being answered.', () => this.#inFlight)
    for (const reason of ['lag', 'memory', 'queue', 'wait'] as const) this.#shed.inc({ reason }, 0)
  }

  /** A value that is asked for when somebody reads the metrics. */
  gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value())
      },
    })
  }

  /** Counts that are kept elsewhere, by the values of a label. */
  counts(name: string, help: string, label: string, values: Readonly<Record<string, number>>): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.#registry],
      collect() {
        this.reset()
        for (const [value, count] of Object.entries(values)) this.inc({ [label]: value }, count)
      },
    })
  }

  begun(): void {
    this.#inFlight += 1
  }

  /** @param status of the answer, or what else became of it. */
  ended(operation: string, status: string, milliseconds: number): void {
    this.#inFlight -= 1
    this.#requests.observe({ operation, status }, milliseconds / 1000)
  }

  shed(reason: Shed): void {
    this.#shed.inc({ reason })
  }

  stopped(): void {
    this.#stopped.inc()
  }

  slow(): void {
    this.#slow.inc()
  }

  /** Everything in the text format of Prometheus, and its media type. */
  async text(): Promise<{ body: string; type: string }> {
    // What watches over the process is only set up where somebody looks at it.
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry })
    this.#hasDefaults = true
    return { body: await this.#registry.metrics(), type: this.#registry.contentType }
  }
}

/** Lets the metrics tell of a pool. */
export function measurePool(metrics: Metrics, pool: pg.Pool): void {
  const { max } = pool.options
  metrics.gauge('entente_pool_connections_max', 'Connections that the pool may open.', () => max)
  metrics.gauge('entente_pool_connections', 'Connections that the pool has.', () => pool.totalCount)
  metrics.gauge('entente_pool_connections_idle', 'Of these, those that are free.', () => pool.idleCount)
  metrics.gauge('entente_pool_waiting', 'Requests that wait for a connection.', () => pool.waitingCount)
  metrics.gauge(
    'entente_long_reads_running',
    'Exports that are being sent, and questions about the past.',
    () => placesTaken(pool),
  )
}

/** Lets the metrics tell of the answers in memory. */
export function measureReads(metrics: Metrics, reads: Reads, memory: Memory | undefined): void {
  metrics.counts(
    'entente_cache_answers_total',
    'Answers to reads by where they are from, as Cache-Status says.',
    'result',
    reads.counts,
  )
  if (!memory) return
  const { store, changes } = memory
  metrics.gauge('entente_cache_bytes', 'Bytes of the answers in memory.', () => store.size)
  metrics.gauge('entente_cache_entries', 'Answers in memory.', () => store.count)
  metrics.gauge('entente_cache_generation', 'Changes that were heard of.', () => changes.generation)
  metrics.gauge('entente_cache_on', '1 while changes are heard, so that memory may answer.', () =>
    changes.isCurrent() ? 1 : 0,
  )
}

/** Tells metrics and log of what happens in a pool; of statements never the values. */
export const poolWatch = (metrics: Metrics, { log, server }: FastifyInstance): PoolWatch => ({
  refused: (why) => metrics.shed(why),
  stopped: () => metrics.stopped(),
  slow: (shape, milliseconds) => {
    metrics.slow()
    // Nothing is logged before the first line on the terminal, which is for people.
    if (!server.listening) return
    log.warn({ statement: shape.slice(0, 4000), milliseconds: Math.round(milliseconds) }, 'slow statement')
  },
})

/** `/metrics`, in the text format of Prometheus. */
export function serveMetrics(
  app: FastifyInstance,
  metrics: Metrics,
  admit: Admit,
  access: 'open' | 'key' | 'off',
): void {
  if (access === 'off') return
  app.get('/metrics', async (request, reply) => {
    if (access === 'key') {
      await admit(request, reply, 'read')
      if (actorOf(request).kind === 'anonymous')
        throw new Problem('unauthorized', 'Metrics are read with a key.')
    }
    const { body, type } = await metrics.text()
    return reply.type(type).header('cache-control', 'no-store').send(body)
  })
}
