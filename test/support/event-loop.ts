import { vi } from 'vitest'

/** Counts the iterations of the event loop from now on. */
export function watchEventLoop(): { iterations(): number; stop(): void } {
  let iterations = 0
  const iterate = () => {
    iterations += 1
    next = setImmediate(iterate)
  }
  let next = setImmediate(iterate)
  return { iterations: () => iterations, stop: () => clearImmediate(next) }
}

/**
 * Counts the iterations of the event loop during `work`. Mocks `performance.now` so that each time slice (`time-slice.ts`) has
 * ended at its next check. The test must restore the mock (`vi.restoreAllMocks`).
 */
export async function countIterations(work: () => Promise<unknown>): Promise<number> {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
  const eventLoop = watchEventLoop()
  await work().finally(eventLoop.stop)
  return eventLoop.iterations()
}
