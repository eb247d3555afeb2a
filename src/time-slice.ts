import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Longest stretch of work before other requests get their turn, in milliseconds. A turn of the event loop accepts one
 * connection, so a client who needs a new one waits for two or three of them.
 */
const sliceMs = 4

let queue = Promise.resolve()

/** Resolves in a later turn of the event loop. Each turn resolves one caller, so that many callers do not add up. */
function waitForTurn(): Promise<void> {
  queue = queue.then(() => nextTurn())
  return queue
}

/**
 * Starts a piece of long work. Returns a function to await between its steps: it lets the event loop go on as soon as
 * the work has taken its time, and otherwise returns at once.
 * @example const pause = startSlices(); for (const line of lines) { check(line); await pause() }
 */
export function startSlices(): () => Promise<void> | undefined {
  let end = performance.now() + sliceMs
  return () => {
    if (performance.now() < end) return undefined
    return waitForTurn().then(() => {
      end = performance.now() + sliceMs
    })
  }
}

/** Runs a generator to its end, in slices. @returns what it returns. @throws what it throws. */
export async function runInSlices<Result>(steps: Iterator<undefined, Result>): Promise<Result> {
  const pause = startSlices()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await pause()
  }
}
