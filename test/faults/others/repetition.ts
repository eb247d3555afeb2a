import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Keeps some pieces of work going, for as long as the process lives. Each begins again when it has ended, but not more
 * often than every `minIntervalMs`, so that an attack whose requests are refused costs its own process little.
 */
export function keepInFlight(count: number, minIntervalMs: number, work: () => Promise<unknown>): void {
  const repeat = async () => {
    for (;;) {
      const earliestNext = sleep(minIntervalMs)
      await work().catch(() => {})
      await earliestNext
    }
  }
  for (let at = 0; at < count; at += 1) void repeat()
}
