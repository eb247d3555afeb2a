import { vi } from 'vitest'

/**
 * Counts the iterations of the event loop during `work`. By the mocked clock, every step exceeds the time of a slice. The test
 * restores the clock.
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
