import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type ApiError, readApi, toApiError } from '../api/client.ts'
import type { ImportJob } from '../api/types.ts'
import type { ApiState } from '../api/use-read.ts'
import { useRetries } from '../api/use-retries.ts'
import { useLanguage } from '../i18n/language.ts'
import { refetchViews, useDataVersion } from '../session.ts'
import { readImportEvents } from './read-events.ts'

/** Whether the file of an import is still being received or read, or one of the steps of the import runs. */
export const isRunning = ({ state }: ImportJob): boolean =>
  ['uploaded', 'staging', 'committing', 'undoing'].includes(state)

/** Delay before each reconnection. */
const reconnectDelayMs = 1000

/** Maximum number of consecutive failures after which the page reconnects without showing an error. */
const maxReconnects = 3

const reconnectDelay = () => new Promise((resolve) => setTimeout(resolve, reconnectDelayMs))

/**
 * Whether a step of an import has ended between two reads. A new dry run ends in the same state as the one
 * before, but with a later `stagedAt`.
 */
const hasStepEnded = (before: ImportJob, after: ImportJob): boolean =>
  before.state !== after.state || before.stagedAt !== after.stagedAt

/**
 * Calls `onChange` with an import now and after each change, until no step of the import runs. Reconnects after a lost
 * connection.
 * @param before the import as it was last read; undefined if it has not been read.
 * @returns whether a step of the import has ended since `before`.
 * @throws ApiError if the first read of the import fails, and after too many lost connections in a row; the reason of an
 * aborted signal.
 */
async function followImport(
  id: string,
  tag: string,
  signal: AbortSignal,
  before: ImportJob | undefined,
  onChange: (job: ImportJob) => void,
): Promise<boolean> {
  let hasRun = false
  for (let failures = 0; !signal.aborted; ) {
    try {
      const job = await readApi<ImportJob>(`/v1/imports/${id}`, tag, signal, true)
      onChange(job)
      if (!isRunning(job)) return hasRun || (before !== undefined && hasStepEnded(before, job))
      hasRun = true
      let last = job
      for await (const next of readImportEvents(id, signal)) {
        failures = 0
        last = next
        onChange(next)
      }
      if (!isRunning(last)) return true
      // While the step runs, only a proxy, or a service that shuts down, ends the stream.
      await reconnectDelay()
    } catch (error) {
      failures += 1
      if (signal.aborted || !hasRun || failures > maxReconnects) throw error
      await reconnectDelay()
    }
  }
  return false
}

/**
 * Reads an import, and follows its changes while a step runs. Starts again after each write from this page, and after failures
 * that may be temporary, such as a restart of the service, which continues the step.
 */
export function useImport(id: string): ApiState<ImportJob> {
  const { tag } = useLanguage()
  const dataVersion = useDataVersion()
  const [attempt, setAttempt] = useState(0)
  const [job, setJob] = useState<ImportJob>()
  const last = useRef<ImportJob>()
  const [error, setError] = useState<ApiError>()
  const retry = useCallback(() => setAttempt((count) => count + 1), [])
  useRetries(error, retry)
  // The data version with which a step was followed to its end. The import was read then, and is not read again for the next
  // version, which `refetchViews` makes.
  const endVersion = useRef<number>()
  useEffect(() => {
    const wasRead = endVersion.current === dataVersion - 1 && last.current?.id === id
    endVersion.current = undefined
    if (wasRead) return
    const controller = new AbortController()
    const onChange = (next: ImportJob) => {
      last.current = next
      setJob(next)
      setError(undefined)
    }
    const before = last.current?.id === id ? last.current : undefined
    followImport(id, tag, controller.signal, before, onChange).then(
      (hasEnded) => {
        if (!hasEnded) return
        endVersion.current = dataVersion
        // The step has changed the rows, names and records of the import.
        refetchViews()
      },
      (failure: unknown) => {
        if (!controller.signal.aborted) setError(toApiError(failure))
      },
    )
    return () => controller.abort()
  }, [id, tag, dataVersion, attempt])
  if (error) return { status: 'failed', error, retry }
  return job?.id === id ? { status: 'ready', body: job, retry } : { status: 'loading', retry }
}
