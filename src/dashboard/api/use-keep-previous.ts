import { useRef } from 'preact/hooks'
import { type Session, useSession } from '../session.ts'
import type { ApiState } from './use-read.ts'

/**
 * Adds the previous body to a loading state, so that a chart stays visible while its filters change. A body that was read in an
 * earlier session is not added: it may contain internal records, which must not stay visible after the user has signed out.
 */
export function useKeepPrevious<Body>(state: ApiState<Body>): ApiState<Body> {
  const { session } = useSession()
  const last = useRef<{ session: Session | undefined; body: Body }>()
  if (state.body !== undefined) last.current = { session, body: state.body }
  if (state.status !== 'loading' || !last.current || last.current.session !== session) return state
  return { ...state, body: last.current.body }
}
