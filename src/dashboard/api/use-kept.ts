import { useRef } from 'preact/hooks'
import type { ApiState } from './use-read.ts'

/** Keeps the last response while the next one loads, so that a chart does not vanish at each change of its filters. */
export function useKept<Body>(state: ApiState<Body>): ApiState<Body> {
  const last = useRef<Body>()
  if (state.body !== undefined) last.current = state.body
  if (state.status !== 'loading' || last.current === undefined) return state
  return { ...state, body: last.current }
}
