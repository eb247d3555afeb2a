/** An estimate of the database server's clock. */
export interface Clock {
  /**
   * Returns the time of the database, at most a round trip ahead of it. Waits for the database until a first measurement has
   * succeeded. Later calls add the elapsed time to the last measured time, by the monotonic clock of the process.
   * @throws the error of the measurement, until one has succeeded.
   */
  now(): Promise<Date>
}

/** A measured time that is older is measured again in the background. */
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
