import type { ApiState } from './use-read.ts'

/**
 * Combines the states of reads: failed if any read has failed; ready if all have a body, even one of a previous read
 * (`useKeepPrevious`); otherwise loading. A retry repeats the failed reads.
 */
export function combineStates<Body>(states: readonly ApiState<Body>[]): ApiState<Body[]> {
  const error = states.find((state) => state.error !== undefined)?.error
  const retry = () => {
    for (const state of states) if (state.error) state.retry()
  }
  if (error) return { status: 'failed', error, retry }
  const bodies = states.flatMap(({ body }) => (body === undefined ? [] : [body]))
  return bodies.length < states.length
    ? { status: 'loading', retry }
    : { status: 'ready', body: bodies, retry }
}
