import { vi } from 'vitest'

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
  let iterations = 0
  let isDone = false
  const count = () => {
    if (isDone) return
    iterations += 1
    setImmediate(count)
  }
  setImmediate(count)
  await work().finally(() => {
    isDone = true
  })
  return iterations
}
