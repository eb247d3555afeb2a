import { useEffect, useRef, useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useDataVersion } from '../session.ts'
import { type ApiError, toApiError } from './client.ts'
import { shareRead } from './shared-reads.ts'
import { useAttempts } from './use-attempts.ts'
import { retryFailedReads, useRetries } from './use-retries.ts'

/**
 * The state of a read. `useKeepPrevious` adds the body of the previous read to a loading state, and `useKeepFormInput` the last body
 * to a failed state.
 */
export interface ApiState<Body> {
  status: 'loading' | 'ready' | 'failed'
  body?: Body
  error?: ApiError
  retry(): void
}

/** Recent results by key: a view that is opened again shows them until its new read has ended. */
const cache = new Map<string, unknown>()
const maxCachedResults = 100

function remember(key: string, body: unknown): void {
  cache.delete(key)
  cache.set(key, body)
  const oldest = cache.keys().next().value
  if (cache.size > maxCachedResults && oldest !== undefined) cache.delete(oldest)
}

/**
 * Reads from the API, and reads again when `name` or the language changes, and after each sign-in, sign-out and write.
 * Retries reads that failed for a reason that may be temporary.
 * @param name identifies the read: reads with equal names and languages must have equal results. If it is null, the hook
 * sends no request.
 * @param read sends the requests. Another function causes no new read while `name` stays the same.
 */
export function useRead<Body>(
  name: string | null,
  read: (language: string, signal: AbortSignal) => Promise<Body>,
): ApiState<Body> {
  const { tag } = useLanguage()
  const dataVersion = useDataVersion()
  const { count, isQuiet, retry, retryQuietly } = useAttempts()
  const [result, setResult] = useState<{ key: string; count: number; body?: Body; error?: ApiError }>()
  // Responses contain names and labels in the language of the reader.
  const key = `${dataVersion} ${tag} ${name}`
  const lastCount = useRef(count)
  useEffect(() => {
    const isRetry = lastCount.current !== count
    lastCount.current = count
    if (name === null) return
    let isObsolete = false
    const { result: reading, release } = shareRead(key, (signal) => read(tag, signal))
    reading.then(
      (body) => {
        remember(key, body)
        if (isObsolete) return
        setResult({ key, count, body })
        if (isRetry) retryFailedReads(retryQuietly)
      },
      (error: unknown) => {
        if (!isObsolete) setResult({ key, count, error: toApiError(error) })
      },
    )
    return () => {
      isObsolete = true
      release()
    }
  }, [key, count])
  const current =
    name !== null && result?.key === key && (result.count === count || isQuiet) ? result : undefined
  useRetries(current?.error, retryQuietly)
  if (current?.error) return { status: 'failed', error: current.error, retry }
  if (current?.body !== undefined) return { status: 'ready', body: current.body, retry }
  // A cached body has the type of this read, since reads with equal keys have equal results.
  const cached = name === null ? undefined : (cache.get(key) as Body | undefined)
  return cached === undefined ? { status: 'loading', retry } : { status: 'ready', body: cached, retry }
}
