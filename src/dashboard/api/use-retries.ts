import { useEffect, useRef } from 'preact/hooks'
import type { ApiError } from './client.ts'

/** Milliseconds until a failed read is tried again. The pause doubles with each failure. */
const firstPauseMs = 4000
const maxPauseMs = 60_000

/** Statuses of failures that may be temporary: no response (0), too many requests, and a service that cannot answer now. */
const temporary = [0, 429, 502, 503, 504]

/** The reads that wait for the service to answer again. */
const waiting = new Set<() => void>()

/** Tells all reads that have failed that the service answers again. */
export function noteRecovery(): void {
  for (const retry of [...waiting]) retry()
}

/**
 * Tries a failed read again: after a pause, when the browser is back on the network, and when another read that had failed has
 * succeeded. Other failures, such as a wrong filter, are not tried again.
 */
export function useRetries(error: ApiError | undefined, retry: () => void): void {
  const failures = useRef(0)
  useEffect(() => {
    if (error === undefined || !temporary.includes(error.status)) {
      failures.current = 0
      return
    }
    const pauseMs = Math.max(error.retryAfterMs, Math.min(maxPauseMs, firstPauseMs * 2 ** failures.current))
    failures.current += 1
    const timer = setTimeout(retry, pauseMs)
    waiting.add(retry)
    addEventListener('online', retry)
    return () => {
      clearTimeout(timer)
      waiting.delete(retry)
      removeEventListener('online', retry)
    }
  }, [error, retry])
}
