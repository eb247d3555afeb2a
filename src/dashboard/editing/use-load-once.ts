import { useCallback, useEffect, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import type { ApiState } from '../api/use-read.ts'
import { useRetries } from '../api/use-retries.ts'
import { useDataVersion } from '../session.ts'

/**
 * Loads data once, such as the initial values of a form, so that later changes by others do not replace the input. After a
 * failure, each sign-in, sign-out or write loads the data again, as does a pause if the failure may be temporary.
 * @param load a new function causes no new load.
 */
export function useLoadOnce<Body>(load: (signal: AbortSignal) => Promise<Body>): ApiState<Body> {
  const [attempt, setAttempt] = useState(0)
  const dataVersion = useDataVersion()
  const [result, setResult] = useState<{ body?: Body; error?: ApiError }>({})
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  useEffect(() => {
    const controller = new AbortController()
    setResult({})
    load(controller.signal).then(
      (body) => setResult({ body }),
      (error: unknown) => {
        if (!controller.signal.aborted) setResult({ error: toApiError(error) })
      },
    )
    return () => controller.abort()
  }, [attempt])
  const { body, error } = result
  useRetries(error, retry)
  useEffect(() => {
    if (error) retry()
  }, [dataVersion])
  if (error) return { status: 'failed', error, retry }
  return body === undefined ? { status: 'loading', retry } : { status: 'ready', body, retry }
}
