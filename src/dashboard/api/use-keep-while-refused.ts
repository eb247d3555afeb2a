import { useRef } from 'preact/hooks'
import { useSession } from '../session.ts'
import type { ApiState } from './use-read.ts'

/**
 * Keeps the last body of a read after the service has refused the user's key, until the read has succeeded with another key. So
 * the view of the body stays on the page, and a form in it keeps its input.
 * @param name identifies the read: the body of another read is not kept.
 */
export function useKeepWhileRefused<Body>(state: ApiState<Body>, name: string): ApiState<Body> {
  const isSessionRefused = useSession().end === 'refused'
  const last = useRef<{ name: string; body: Body }>()
  const keeps = useRef(false)
  const isRefused = [401, 403].includes(state.error?.status ?? 0)
  const isLoading = state.status === 'loading'
  keeps.current = isSessionRefused || isRefused || (keeps.current && isLoading)
  if (state.body !== undefined) last.current = { name, body: state.body }
  if (!keeps.current || !(isRefused || isLoading) || last.current?.name !== name) return state
  return { status: 'ready', body: last.current.body, retry: state.retry }
}
