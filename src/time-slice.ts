import { setImmediate as nextIteration } from 'node:timers/promises'

/**
 * Maximum time that long work blocks the event loop, in milliseconds. It is short because a new connection waits for two or
 * three iterations of the event loop, each of which accepts one connection.
 */
const sliceMs = 4

let queue = Promise.resolve()

/** Resolves in a later iteration of the event loop. Each iteration resolves one caller, so slices do not add up. */
function waitForIteration(): Promise<void> {
  queue = queue.then(() => nextIteration())
  return queue
}

/**
 * Starts the first time slice of a long task. Returns a function to await between the steps of the task: it yields to the
 * event loop when the time slice is used up, and otherwise returns undefined.
 * @example const pause = startSlices(); for (const line of lines) { check(line); await pause() }
 */
export function startSlices(): () => Promise<void> | undefined {
  let end = performance.now() + sliceMs
  return () => {
    if (performance.now() < end) return undefined
    return waitForIteration().then(() => {
      end = performance.now() + sliceMs
    })
  }
}

/** Runs a generator in time slices. @returns the return value of the generator. @throws what the generator throws. */
export async function runInSlices<Result>(steps: Iterator<undefined, Result>): Promise<Result> {
  const pause = startSlices()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await pause()
  }
}

/** Passes chunks on, and yields to the event loop between them when the time slice is used up. */
export async function* passInSlices<Chunk>(chunks: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
  const pause = startSlices()
  for await (const chunk of chunks) {
    yield chunk
    await pause()
  }
}
