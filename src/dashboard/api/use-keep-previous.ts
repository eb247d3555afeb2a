import { useLastOfSession } from './use-last-of-session.ts'
import type { ApiState } from './use-read.ts'

/** Adds the previous body of the session to a loading state, so that a chart or list stays visible while its filters or its page change. */
export function useKeepPrevious<Body>(state: ApiState<Body>): ApiState<Body> {
  const body = useLastOfSession(state.body)
  return state.status === 'loading' && body !== undefined ? { ...state, body } : state
}
