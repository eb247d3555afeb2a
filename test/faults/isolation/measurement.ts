import { z } from 'zod'

const summarySchema = z.strictObject({
  count: z.int(),
  /** Response times of successful requests in milliseconds, sorted. */
  goodMs: z.array(z.number()),
  /** How many requests had each status; `disconnected` are those without a complete response. */
  statuses: z.record(z.string(), z.int()),
})

/** The measurements of a client by kind of request. */
export const measurementsSchema = z.record(z.string(), summarySchema)

/** The measurements of one kind of request. */
export type Summary = z.output<typeof summarySchema>

/** Collects the statuses and response times of one kind of request. */
export class Measurement {
  readonly #goodMs: number[] = []
  readonly #statuses: Record<string, number> = {}
  #count = 0

  add(status: number | 'disconnected', ms: number): void {
    this.#count += 1
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (typeof status === 'number' && status < 300) this.#goodMs.push(ms)
  }

  summary(): Summary {
    const goodMs = this.#goodMs.toSorted((one, other) => one - other).map(Math.round)
    return { count: this.#count, goodMs, statuses: this.#statuses }
  }
}

/** A percentile of the response times of successful requests, in milliseconds; infinity if no request succeeded. */
export const percentile = ({ goodMs }: Summary, percent: number): number =>
  goodMs[Math.max(0, Math.ceil((goodMs.length * percent) / 100) - 1)] ?? Number.POSITIVE_INFINITY

/** The percentage of requests that succeeded within `withinMs`. */
export const successPercent = ({ goodMs, count }: Summary, withinMs: number): number =>
  (100 * goodMs.filter((ms) => ms <= withinMs).length) / count
