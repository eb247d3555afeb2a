import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Lane, lanes } from '../../../database/shares/lanes.ts'

/** Upper ends of the histogram's buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Why a request was refused with 503 before any work. */
export type Shed = 'lag' | 'memory' | 'queue' | 'wait'

/** The metrics for Prometheus. Labels have few values: operations, statuses and those listed here. */
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
  readonly #statementTimeouts = new Counter({
    name: 'entente_statement_timeouts_total',
    help: 'Statements that were stopped since they took too long.',
    registers: [this.#registry],
  })
  readonly #slowStatements = new Counter({
    name: 'entente_slow_statements_total',
    help: 'Statements that were logged as slow.',
    registers: [this.#registry],
  })
  readonly #unshared = new Counter({
    name: 'entente_requests_over_share_total',
    help: 'Requests refused with 429 since too many of their client waited, by lane.',
    labelNames: ['lane'] as const,
    registers: [this.#registry],
  })
  #inFlight = 0
  #hasDefaults = false

  constructor() {
    this.gauge('entente_http_requests_in_flight', 'Requests that are being answered.', () => this.#inFlight)
    for (const reason of ['lag', 'memory', 'queue', 'wait'] as const) this.#shed.inc({ reason }, 0)
    for (const lane of lanes) this.#unshared.inc({ lane }, 0)
  }

  /** Adds a value that is read when the metrics are. */
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

  /** Adds a value for each lane of the database, which is read when the metrics are. */
  laneGauge(name: string, help: string, value: (lane: Lane) => number): void {
    new Gauge({
      name,
      help,
      labelNames: ['lane'],
      registers: [this.#registry],
      collect() {
        for (const lane of lanes) this.set({ lane }, value(lane))
      },
    })
  }

  /** Adds a value for each replica, by its number from 1. One that is undefined is left out. */
  replicaGauge(name: string, help: string, values: readonly (() => number | undefined)[]): void {
    new Gauge({
      name,
      help,
      labelNames: ['replica'],
      registers: [this.#registry],
      collect() {
        this.reset()
        values.forEach((value, index) => {
          const number = value()
          if (number !== undefined) this.set({ replica: index + 1 }, number)
        })
      },
    })
  }

  /** Adds counts that their owner keeps, by the values of a label. */
  counter(name: string, help: string, label: string, values: Readonly<Record<string, number>>): void {
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

  requestStarted(): void {
    this.#inFlight += 1
  }

  /** @param status of the response, or `aborted`. */
  requestEnded(operation: string, status: string, durationMs: number): void {
    this.#inFlight -= 1
    this.#requests.observe({ operation, status }, durationMs / 1000)
  }

  requestShed(reason: Shed): void {
    this.#shed.inc({ reason })
  }

  /** A client has too many requests that wait. */
  requestOverShare(lane: Lane): void {
    this.#unshared.inc({ lane })
  }

  statementTimedOut(): void {
    this.#statementTimeouts.inc()
  }

  statementSlow(): void {
    this.#slowStatements.inc()
  }

  /** All metrics in the text format of Prometheus, and its media type. */
  async text(): Promise<{ body: string; type: string }> {
    // These cost time in each turn of the event loop, so they start with the first reader.
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry })
    this.#hasDefaults = true
    return { body: await this.#registry.metrics(), type: this.#registry.contentType }
  }
}
