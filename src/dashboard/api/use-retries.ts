import { useEffect, useRef } from 'preact/hooks'
import type { ApiError } from './client.ts'

/** Pause before the first retry of a failed read. The pause doubles with each further failure. */
const firstPauseMs = 4000

/** Longest pause between retries, unless `Retry-After` asks for a longer one. */
const maxPauseMs = 60_000

/** HTTP statuses of failures that may be temporary: no usable response (0), too many requests, unavailable service. */
const temporaryStatuses = [0, 429, 502, 503, 504]

/** The retry functions of the reads that have failed and may be retried. */
const pendingRetries = new Set<() => void>()

/**
 * Retries all other reads whose failure may be temporary, without a pause. Called when a retry has succeeded.
 * @param succeeded the retry function of the read that has succeeded.
 */
export function retryFailedReads(succeeded: () => void): void {
  for (const retry of [...pendingRetries]) if (retry !== succeeded) retry()
}

/**
 * Retries a read whose failure may be temporary: after a pause, when the browser is online again, and when a retry of
 * another read has succeeded. Does nothing for other failures, such as an invalid filter.
 */
export function useRetries(error: ApiError | undefined, retry: () => void): void {
  const failures = useRef(0)
  useEffect(() => {
    if (error === undefined || !temporaryStatuses.includes(error.status)) {
      failures.current = 0
      return
    }
    const pauseMs = Math.max(error.retryAfterMs, Math.min(maxPauseMs, firstPauseMs * 2 ** failures.current))
    failures.current += 1
    const timer = setTimeout(retry, pauseMs)
    pendingRetries.add(retry)
    addEventListener('online', retry)
    return () => {
      clearTimeout(timer)
      pendingRetries.delete(retry)
      removeEventListener('online', retry)
    }
  }, [error, retry])
}
