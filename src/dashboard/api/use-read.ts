import { useCallback, useEffect, useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useEpoch } from '../session.ts'
import { type ApiError, toApiError } from './client.ts'
import { shareRead } from './shared-reads.ts'
import { noteRecovery, useRetries } from './use-retries.ts'

/** The state of a read. While a new one runs, `body` may still be that of the previous one. */
export interface ApiState<Body> {
  status: 'loading' | 'ready' | 'failed'
  body?: Body
  error?: ApiError
  retry(): void
}

/** Results by their keys, so that a view that is opened again shows them at once. */
const seen = new Map<string, unknown>()
const maxSeen = 100

function remember(key: string, body: unknown): void {
  seen.delete(key)
  seen.set(key, body)
  const oldest = seen.keys().next().value
  if (seen.size > maxSeen && oldest !== undefined) seen.delete(oldest)
}

/** An attempt at a read. During a quiet one, which starts automatically, the page keeps showing the previous failure. */
interface Attempt {
  count: number
  isQuiet: boolean
}

/**
 * Reads from the API, and reads again when `name` changes, after a sign-in and after a write. It repeats a read whose failure
 * may be temporary.
 * @param name what is read: equal names have equal results in one language. Null reads nothing.
 */
export function useRead<Body>(
  name: string | null,
  read: (language: string, signal: AbortSignal) => Promise<Body>,
): ApiState<Body> {
  const { tag } = useLanguage()
  const epoch = useEpoch()
  const [attempt, setAttempt] = useState<Attempt>({ count: 0, isQuiet: false })
  const [result, setResult] = useState<{ key: string; count: number; body?: Body; error?: ApiError }>()
  // Names and labels are in one language.
  const key = `${epoch} ${tag} ${name}`
  const retry = useCallback(() => setAttempt(({ count }) => ({ count: count + 1, isQuiet: false })), [])
  const retryQuietly = useCallback(() => setAttempt(({ count }) => ({ count: count + 1, isQuiet: true })), [])
  const { count } = attempt
  useEffect(() => {
    if (name === null) return
    let isLeft = false
    const { result: reading, leave } = shareRead(key, (signal) => read(tag, signal))
    reading.then(
      (body) => {
        remember(key, body)
        if (isLeft) return
        setResult({ key, count, body })
        if (count > 0) noteRecovery()
      },
      (error: unknown) => {
        if (!isLeft) setResult({ key, count, error: toApiError(error) })
      },
    )
    return () => {
      isLeft = true
      leave()
    }
  }, [key, count])
  const isCurrent =
    name !== null && result?.key === key && (result.count === count || attempt.isQuiet) ? result : undefined
  useRetries(isCurrent?.error, retryQuietly)
  if (isCurrent?.error) return { status: 'failed', error: isCurrent.error, retry }
  if (isCurrent?.body !== undefined) return { status: 'ready', body: isCurrent.body, retry }
  // `remember` stores a body under the key of the read that returned it, so its type is that of this read.
  const known = name === null ? undefined : (seen.get(key) as Body | undefined)
  return known === undefined ? { status: 'loading', retry } : { status: 'ready', body: known, retry }
}
