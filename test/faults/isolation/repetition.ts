import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Keeps `count` runs of `work` in flight until the process ends. A run restarts when it has ended, at most once in
 * `minIntervalMs`, so that an attacker whose requests are refused does not use up the processor.
 */
export function keepInFlight(count: number, minIntervalMs: number, work: () => Promise<unknown>): void {
  const repeat = async () => {
    for (;;) {
      const earliestNext = sleep(minIntervalMs)
      await work().catch(() => {})
      await earliestNext
    }
  }
  for (let index = 0; index < count; index += 1) void repeat()
}
