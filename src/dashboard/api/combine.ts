import type { ApiState } from './use-read.ts'

/** Several reads as one: ready when all are, failed when one is. To retry is to retry those that have failed. */
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
