import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Lane, lanes } from '../../../database/shares/lanes.ts'

/** Upper bounds of the histogram's buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const shedReasons = ['lag', 'memory', 'queue', 'wait'] as const

/** Why a request got 503: event loop lag, memory, a full queue for a connection, or a long wait in this queue. */
export type ShedReason = (typeof shedReasons)[number]

/** The metrics for Prometheus. Every label has few values, such as operations, statuses and lanes. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'entente_http_request_duration_seconds',
    help: 'Requests by operationId (or route) and status: time from the start of the request to the end of the response.',
    labelNames: ['operation', 'status'] as const,
    buckets,
    registers: [this.#registry],
  })
  readonly #shed = new Counter({
    name: 'entente_requests_shed_total',
    help: 'Requests refused with 503: event loop lag, memory, a full queue, or a long wait for a connection.',
    labelNames: ['reason'] as const,
    registers: [this.#registry],
  })
  readonly statementTimeouts = new Counter({
    name: 'entente_statement_timeouts_total',
    help: 'Statements that were cancelled because they took too long.',
    registers: [this.#registry],
  })
  readonly slowStatements = new Counter({
    name: 'entente_slow_statements_total',
    help: 'Statements that were logged as slow.',
    registers: [this.#registry],
  })
  readonly #overShare = new Counter({
    name: 'entente_requests_over_share_total',
    help: 'Requests refused with 429 because too many requests of the client were waiting, by lane.',
    labelNames: ['lane'] as const,
    registers: [this.#registry],
  })
  #inFlight = 0
  #hasDefaults = false

  constructor() {
    this.gauge('entente_http_requests_in_flight', 'Requests in progress.', () => this.#inFlight)
    for (const reason of shedReasons) this.#shed.inc({ reason }, 0)
    for (const lane of lanes) this.#overShare.inc({ lane }, 0)
  }

  /** Adds a gauge. Its value is read at each request for the metrics. */
  gauge(name: string, help: string, value: () => number): void {
    this.#addGauge(name, help, [], (gauge) => gauge.set(value()))
  }

  /** Adds a gauge with a value for each lane of the database. */
  laneGauge(name: string, help: string, value: (lane: Lane) => number): void {
    this.#addGauge(name, help, ['lane'], (gauge) => {
      for (const lane of lanes) gauge.set({ lane }, value(lane))
    })
  }

  /** Adds a gauge with a value for each replica, by its number from 1. Undefined values are left out. */
  replicaGauge(name: string, help: string, readers: readonly (() => number | undefined)[]): void {
    this.#addGauge(name, help, ['replica'], (gauge) => {
      gauge.reset()
      readers.forEach((read, index) => {
        const value = read()
        if (value !== undefined) gauge.set({ replica: index + 1 }, value)
      })
    })
  }

  #addGauge(name: string, help: string, labelNames: string[], update: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        update(this)
      },
    })
  }

  /** Adds a counter for counts that the caller updates. @param values counts by the value of the label. */
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

  requestShed(reason: ShedReason): void {
    this.#shed.inc({ reason })
  }

  /** Counts a request that was refused because too many requests of its client were waiting. */
  requestOverShare(lane: Lane): void {
    this.#overShare.inc({ lane })
  }

  /** Returns all metrics in the text format of Prometheus, and its media type. */
  async text(): Promise<{ body: string; type: string }> {
    // The default metrics take time in each iteration of the event loop, so they start at the first request for metrics.
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry })
    this.#hasDefaults = true
    return { body: await this.#registry.metrics(), type: this.#registry.contentType }
  }
}
