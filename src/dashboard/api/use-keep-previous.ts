import { useRef } from 'preact/hooks'
import type { ApiState } from './use-read.ts'

/** Adds the previous body to a loading state, so that a chart stays visible while its filters change. */
export function useKeepPrevious<Body>(state: ApiState<Body>): ApiState<Body> {
  const last = useRef<Body>()
  if (state.body !== undefined) last.current = state.body
  if (state.status !== 'loading' || last.current === undefined) return state
  return { ...state, body: last.current }
}
