import { z } from 'zod'

const summarySchema = z.strictObject({
  count: z.int(),
  /** Milliseconds that each good response took, from the shortest to the longest. */
  goodMs: z.array(z.number()),
  /** How many requests had each status; `cut` are those without a response. */
  statuses: z.record(z.string(), z.int()),
})

/** What a client measured, by the kind of its requests. */
export const measurementsSchema = z.record(z.string(), summarySchema)

/** What a client measured of one kind of request. */
export type Summary = z.output<typeof summarySchema>

/** Collects how requests of one kind were answered, and how long that took. */
export class Measurement {
  readonly #goodMs: number[] = []
  readonly #statuses: Record<string, number> = {}
  #count = 0

  add(status: number | 'cut', ms: number): void {
    this.#count += 1
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (typeof status === 'number' && status < 300) this.#goodMs.push(ms)
  }

  summary(): Summary {
    const goodMs = this.#goodMs.toSorted((one, other) => one - other).map(Math.round)
    return { count: this.#count, goodMs, statuses: this.#statuses }
  }
}

/** The longest that so many of 100 good responses took at most, in milliseconds. */
export const percentile = ({ goodMs }: Summary, percent: number): number =>
  goodMs[Math.max(0, Math.ceil((goodMs.length * percent) / 100) - 1)] ?? Number.POSITIVE_INFINITY

/** How many of 100 requests were answered well within so many milliseconds. */
export const successPercent = ({ goodMs, count }: Summary, withinMs: number): number =>
  (100 * goodMs.filter((ms) => ms <= withinMs).length) / count
