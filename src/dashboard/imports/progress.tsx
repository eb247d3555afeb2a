import type { ImportJob } from '../api/types.ts'
import { ServiceText } from '../components/service-text.tsx'
import { Widget } from '../components/widget.tsx'
import { type Language, useLanguage } from '../i18n/language.ts'
import { isRunning } from './use-import.ts'

/**
 * Returns the progress of the running step: in records during an undo, otherwise in rows. Except during an undo, undefined while the
 * number of rows is unknown, and if the file has none.
 */
function progressOf({
  state,
  rows,
  doneRows,
  counts,
}: ImportJob): { done: number; total: number } | undefined {
  if (state === 'undoing') {
    const total = counts.created + counts.changed
    return { done: Math.min(doneRows, total), total }
  }
  return rows === null || rows === 0 ? undefined : { done: doneRows, total: rows }
}

function describe(job: ImportJob, { t, number }: Language): string {
  const progress = progressOf(job)
  if (!isRunning(job)) return t(`imports.now.${job.state}`)
  const step = job.state === 'staging' && job.rows === null ? 'reading' : job.state
  return t(`imports.now.${step}`, {
    done: number(progress?.done ?? job.doneRows),
    total: progress ? number(progress.total) : '',
  })
}

/** The state of an import: the running step with a progress bar, or what has been done, or the reason for a failure. */
export function Progress({ job }: { job: ImportJob }) {
  const language = useLanguage()
  const progress = progressOf(job)
  const text = describe(job, language)
  return (
    <Widget title={language.t(`imports.state.${job.state}`)}>
      <div class="import-progress">
        <p role="status">{text}</p>
        {isRunning(job) ? (
          <progress
            aria-label={language.t(`imports.state.${job.state}`)}
            {...(progress && { value: progress.done, max: Math.max(progress.total, 1) })}
          />
        ) : (
          <span class="progress-end" />
        )}
        {job.failure !== null && (
          <p class="failure import-failure" role="alert">
            {job.failure.split('\n').map((line) => (
              <span key={line}>
                <ServiceText text={line} />
                {'\n'}
              </span>
            ))}
          </p>
        )}
        {job.notes.length > 0 && (
          <ul class="notes">
            {job.notes.map((note) => (
              <li key={note}>
                <ServiceText text={note} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Widget>
  )
}
