import { useCallback, useEffect, useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useEpoch } from '../session.ts'
import { type ApiError, readApi, toApiError } from './client.ts'

/** What a request has led to so far. While a new one runs, `body` may still be that of the one before. */
export interface ApiState<Body> {
  status: 'loading' | 'ready' | 'failed'
  body?: Body
  error?: ApiError
  retry(): void
}

/** Responses by path, for the way back. */
const seen = new Map<string, unknown>()
const maxSeen = 100

function remember(path: string, body: unknown): void {
  seen.delete(path)
  seen.set(path, body)
  const oldest = seen.keys().next().value
  if (seen.size > maxSeen && oldest !== undefined) seen.delete(oldest)
}

/**
 * Reads a path of the API, again when the path changes, and after sign-ins and writes. Null reads nothing.
 * @param options `isFresh` takes no stored response of the service.
 */
export function useApi<Body>(path: string | null, { isFresh = false } = {}): ApiState<Body> {
  const { tag } = useLanguage()
  const epoch = useEpoch()
  const [attempt, setAttempt] = useState(0)
  const [result, setResult] = useState<{ key: string; attempt: number; body?: Body; error?: ApiError }>()
  // Names and labels are in one language.
  const key = `${epoch} ${tag} ${path}`
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  useEffect(() => {
    if (path === null) return
    const controller = new AbortController()
    readApi<Body>(path, tag, controller.signal, isFresh).then(
      (body) => {
        remember(key, body)
        setResult({ key, attempt, body })
      },
      (error: unknown) => {
        if (controller.signal.aborted) return
        setResult({ key, attempt, error: toApiError(error) })
      },
    )
    return () => controller.abort()
  }, [key, attempt])
  if (path !== null && result?.key === key && result.attempt === attempt) {
    const { body, error } = result
    if (error) return { status: 'failed', error, retry }
    if (body !== undefined) return { status: 'ready', body, retry }
  }
  // What was stored under a path is what was read from it.
  const known = path === null ? undefined : (seen.get(key) as Body | undefined)
  return known === undefined ? { status: 'loading', retry } : { status: 'ready', body: known, retry }
}
