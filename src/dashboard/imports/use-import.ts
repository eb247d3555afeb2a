import { useCallback, useEffect, useState } from 'preact/hooks'
import { type ApiError, readApi, toApiError } from '../api/client.ts'
import type { ImportJob } from '../api/types.ts'
import type { ApiState } from '../api/use-read.ts'
import { useLanguage } from '../i18n/language.ts'
import { noteWrite, useEpoch } from '../session.ts'
import { readImportEvents } from './read-events.ts'

/** Whether an import is in a state in which the service works on it. */
export const isRunning = ({ state }: ImportJob): boolean =>
  ['uploaded', 'staging', 'committing', 'undoing'].includes(state)

/** Milliseconds before a lost connection is opened again, and how often in a row. */
const reconnectMs = 1000
const maxReconnects = 10

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Yields each change of an import, and reconnects after a lost connection. @throws ApiError when it stays lost. */
async function follow(
  id: string,
  tag: string,
  signal: AbortSignal,
  onChange: (job: ImportJob) => void,
): Promise<void> {
  let hasRun = false
  for (let lost = 0; !signal.aborted; ) {
    try {
      const job = await readApi<ImportJob>(`/v1/imports/${id}`, tag, signal, true)
      onChange(job)
      if (!isRunning(job)) {
        // The rows, names and records of the import are others now.
        if (hasRun) noteWrite()
        return
      }
      hasRun = true
      for await (const next of readImportEvents(id, signal)) {
        lost = 0
        onChange(next)
      }
    } catch (error) {
      lost += 1
      if (signal.aborted || !hasRun || lost > maxReconnects) throw error
      await delay(reconnectMs)
    }
  }
}

/** Reads an import, and follows it while it runs: again after writes of this page. */
export function useImport(id: string): ApiState<ImportJob> {
  const { tag } = useLanguage()
  const epoch = useEpoch()
  const [attempt, setAttempt] = useState(0)
  const [job, setJob] = useState<ImportJob>()
  const [error, setError] = useState<ApiError>()
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  useEffect(() => {
    const controller = new AbortController()
    setError(undefined)
    follow(id, tag, controller.signal, setJob).catch((failure: unknown) => {
      if (!controller.signal.aborted) setError(toApiError(failure))
    })
    return () => controller.abort()
  }, [id, tag, epoch, attempt])
  if (error) return { status: 'failed', error, retry }
  return job?.id === id ? { status: 'ready', body: job, retry } : { status: 'loading', retry }
}
