import type { ApiError } from '../api/client.ts'
import { ServiceText } from '../components/service-text.tsx'
import { useLanguage } from '../i18n/language.ts'
import { PreviewTable } from './preview-table.tsx'
import { Refusal } from './refusal.tsx'
import { type ImportInput, isBlank, mappingFaultsOf, type PreviewState } from './use-preview.ts'

/** Shows the preview of the first rows, and starts the dry run of all rows. */
export function PreviewPanel({
  input,
  state,
  isSending,
  error,
  onStart,
}: {
  input: ImportInput
  state: PreviewState
  isSending: boolean
  /** The error, if the import could not be started. */
  error: ApiError | undefined
  onStart: () => void
}) {
  const { t } = useLanguage()
  const { preview } = state
  const isComplete = input.file !== undefined && preview !== undefined && preview.scheme !== null
  const canStart = isComplete && preview.mappingFaults.length === 0 && !isSending
  return (
    <>
      <div class="toolbar">
        <button type="button" class="primary" disabled={!canStart} onClick={onStart}>
          {t('imports.start')}
        </button>
        <p class="soft" role="status">
          <PreviewStatus input={input} state={state} isSending={isSending} />
        </p>
      </div>
      {error && <Refusal error={error} />}
      {state.error && <Refusal error={state.error} onRetry={state.retry} />}
      {preview && preview.notes.length > 0 && (
        <ul class="notes">
          {preview.notes.map((note) => (
            <li key={note}>
              <ServiceText text={note} />
            </li>
          ))}
        </ul>
      )}
      <div class={state.isLoading ? 'preview-area loading' : 'preview-area'}>
        {preview && <PreviewTable preview={preview} />}
      </div>
    </>
  )
}

function PreviewStatus({
  input,
  state,
  isSending,
}: {
  input: ImportInput
  state: PreviewState
  isSending: boolean
}) {
  const { t, number } = useLanguage()
  const { isLoading, preview } = state
  if (isSending) return <>{t('imports.sending')}</>
  if (isLoading) return <>{t('state.loading')}</>
  if (!input.file) return <>{t('imports.needsFile')}</>
  if (!preview) return null
  if (isBlank(input.mapping)) return <>{t('imports.needsMapping')}</>
  const faults = mappingFaultsOf(input, state)
  if (faults.length > 0) return <>{t('imports.mappingFaults', { count: number(faults.length) })}</>
  const count = (rowState: string) => number(preview.rows.filter((row) => row.state === rowState).length)
  return (
    <>
      {t('imports.previewed', {
        count: number(preview.rows.length),
        ready: count('ready'),
        refused: count('refused'),
        skipped: count('skipped'),
      })}
    </>
  )
}
