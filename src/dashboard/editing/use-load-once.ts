import { useEffect, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import { useAttempts } from '../api/use-attempts.ts'
import type { ApiState } from '../api/use-read.ts'
import { retryFailedReads, useRetries } from '../api/use-retries.ts'
import { useDataVersion } from '../session.ts'

/**
 * Loads data once, such as the initial values of a form, so that later changes by others do not replace the input. After a
 * failure, the data is loaded again after each sign-in, sign-out or write and, if the failure may be temporary, by `useRetries`.
 * @param load a new function causes no new load.
 */
export function useLoadOnce<Body>(load: (signal: AbortSignal) => Promise<Body>): ApiState<Body> {
  const { count, isQuiet, retry, retryQuietly } = useAttempts()
  const dataVersion = useDataVersion()
  const [result, setResult] = useState<{ body?: Body; error?: ApiError }>({})
  useEffect(() => {
    const controller = new AbortController()
    if (!isQuiet) setResult({})
    load(controller.signal).then(
      (body) => {
        if (controller.signal.aborted) return
        setResult({ body })
        if (count > 0) retryFailedReads(retryQuietly)
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setResult({ error: toApiError(error) })
      },
    )
    return () => controller.abort()
  }, [count])
  const { body, error } = result
  useRetries(error, retryQuietly)
  useEffect(() => {
    if (error) retry()
  }, [dataVersion])
  if (error) return { status: 'failed', error, retry }
  return body === undefined ? { status: 'loading', retry } : { status: 'ready', body, retry }
}
