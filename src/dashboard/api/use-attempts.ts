import { useCallback, useState } from 'preact/hooks'

/** The current attempt to read. During a quiet (automatic) attempt, the page continues to show the previous failure. */
export interface Attempts {
  /** Number of attempts after the first one. */
  count: number
  isQuiet: boolean
  retry(): void
  retryQuietly(): void
}

/** Counts the attempts of a read. The two functions are the same in every render. */
export function useAttempts(): Attempts {
  const [attempt, setAttempt] = useState({ count: 0, isQuiet: false })
  const retry = useCallback(() => setAttempt(({ count }) => ({ count: count + 1, isQuiet: false })), [])
  const retryQuietly = useCallback(() => setAttempt(({ count }) => ({ count: count + 1, isQuiet: true })), [])
  return { ...attempt, retry, retryQuietly }
}
