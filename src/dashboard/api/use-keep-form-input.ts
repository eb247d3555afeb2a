import { useRef } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useSession } from '../session.ts'
import { isRetryable } from './client.ts'
import type { ApiState } from './use-read.ts'

/**
 * Keeps the last body of a read, so that the body stays on the page and a form in it keeps its input, in three cases: after the
 * service has refused the user's key or the read, until the read succeeds with another key; while the read is repeated in
 * another language; and after a failure for which `isRetryable` is true: then the result has both the body and the error.
 * @param name identifies the read: the body of another read is not kept.
 */
export function useKeepFormInput<Body>(state: ApiState<Body>, name: string): ApiState<Body> {
  const isSessionRefused = useSession().endReason === 'refused'
  const { tag } = useLanguage()
  const last = useRef<{ name: string; tag: string; body: Body }>()
  const isKeeping = useRef(false)
  const isRefused = [401, 403].includes(state.error?.status ?? 0)
  const isUnavailable = state.error !== undefined && isRetryable(state.error)
  const isLoading = state.status === 'loading'
  // `last` still has the language of the body on the page.
  const isOtherLanguage = last.current?.tag !== tag
  isKeeping.current =
    isSessionRefused || isRefused || isUnavailable || (isLoading && (isKeeping.current || isOtherLanguage))
  if (state.body !== undefined) last.current = { name, tag, body: state.body }
  const isMissing = isRefused || isUnavailable || isLoading
  if (!isKeeping.current || !isMissing || last.current?.name !== name) return state
  const { body } = last.current
  return isUnavailable ? { ...state, body } : { status: 'ready', body, retry: state.retry }
}
