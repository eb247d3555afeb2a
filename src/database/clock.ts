/** An estimate of the database server's clock. */
export interface Clock {
  /**
   * Returns the time of the database. The result is ahead of the database's clock by at most a round trip. Waits for the database
   * until a first measurement has succeeded, and for a new one after the machine has slept or its time of day has been set ahead.
   * Other calls add the time that has elapsed since the last measurement, by the monotonic clock of the process. After the time of
   * day was set ahead by at most `maxStepMs`, the result is behind by this until the next measurement.
   * @throws the error of the measurement for which it waits.
   */
  now(): Promise<Date>
  /**
   * Asks the database for its time. The result is ahead of the database's clock by at most a round trip, and never behind. Concurrent
   * calls share their measurements.
   * @throws the error of the measurement.
   */
  measure(): Promise<Date>
}

/** Maximum age of a measurement. The call that finds an older one starts a new measurement in the background. */
const maxAgeMs = 60_000

/**
 * By how much the time of day may advance more than the monotonic clock. The monotonic clock stands still while the machine sleeps,
 * and does not follow when the time of day is set.
 */
const maxStepMs = 50

/** A measurement: the time of the database, and the times of the two clocks of the process at the start of the measurement. */
interface Measurement {
  timeMs: number
  /** By `performance.now()`. */
  monotonicMs: number
  /** By `Date.now()`. */
  timeOfDayMs: number
}

const hasSteppedSince = ({ monotonicMs, timeOfDayMs }: Measurement): boolean =>
  Date.now() - timeOfDayMs - (performance.now() - monotonicMs) > maxStepMs

/** Creates the clock. @param readTime asks the database for its time. */
export function createClock(readTime: () => Promise<Date>): Clock {
  let latest: Measurement | undefined
  let measuring: Promise<void> | undefined

  const refresh = () => {
    measuring ??= (async () => {
      const started = { monotonicMs: performance.now(), timeOfDayMs: Date.now() }
      latest = { ...started, timeMs: (await readTime()).getTime() }
    })().finally(() => {
      measuring = undefined
    })
    return measuring
  }
  const now = async () => {
    if (latest && !hasSteppedSince(latest) && performance.now() - latest.monotonicMs > maxAgeMs)
      refresh().catch(() => {})
    // A measurement in the background may have begun before the step.
    while (!latest || hasSteppedSince(latest)) await refresh()
    return new Date(latest.timeMs + performance.now() - latest.monotonicMs)
  }
  return {
    now,
    measure: async () => {
      // A measurement that has begun before this call may have begun before a step, too.
      if (measuring) await measuring.catch(() => {})
      await refresh()
      return now()
    },
  }
}
