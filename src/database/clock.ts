/** An estimate of the database server's clock. */
export interface Clock {
  /**
   * Returns the time of the database. The result is ahead of the database's clock by at most a round trip. Waits for the database
   * until a first measurement has succeeded. Later calls add the time that has elapsed since the last measurement, by the
   * monotonic clock of the process.
   * @throws the error of the measurement, if no measurement has succeeded yet.
   */
  now(): Promise<Date>
}

/** Maximum age of a measurement. The call that finds an older one starts a new measurement in the background. */
const maxAgeMs = 60_000

/** Creates the clock. @param measure asks the database for its time. */
export function databaseClock(measure: () => Promise<Date>): Clock {
  let anchor: { timeMs: number; tick: number } | undefined
  let measuring: Promise<void> | undefined

  const refresh = () => {
    measuring ??= (async () => {
      const tick = performance.now()
      anchor = { timeMs: (await measure()).getTime(), tick }
    })().finally(() => {
      measuring = undefined
    })
    return measuring
  }
  return {
    now: async () => {
      if (!anchor) await refresh()
      else if (performance.now() - anchor.tick > maxAgeMs) refresh().catch(() => {})
      if (!anchor) throw new Error('the clock has no time after a refresh')
      return new Date(anchor.timeMs + performance.now() - anchor.tick)
    },
  }
}
