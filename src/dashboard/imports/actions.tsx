import { Link } from 'wouter-preact'
import type { ImportJob } from '../api/types.ts'
import { writeApi } from '../api/write-api.ts'
import { ConfirmButton } from '../components/confirm-dialog.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The actions that the state of an import allows: commit, undo or delete it; and a new import with its mapping. */
export function ImportActions({
  job,
  hasWritten,
  onDeleted,
}: {
  job: ImportJob
  /** Whether the import has written records; undefined until this is known. */
  hasWritten: boolean | undefined
  onDeleted: () => void
}) {
  const { t, number } = useLanguage()
  const { id, state, counts } = job
  const path = `/v1/imports/${id}`
  const name = job.files[0]?.name ?? id
  return (
    <>
      {state === 'staged' && (
        <ConfirmButton
          label={t('imports.commit')}
          title={t('imports.commitTitle', { name })}
          isPrimary
          discardsInput
          withReason={false}
          onConfirm={(headers) => writeApi(`${path}/commit`, { method: 'POST', ...headers })}
        >
          {t('imports.commitText', {
            created: number(counts.created),
            changed: number(counts.changed),
            refused: number(counts.refused),
          })}
        </ConfirmButton>
      )}
      {(state === 'committed' || (state === 'failed' && hasWritten === true)) && (
        <ConfirmButton
          label={t('imports.undo')}
          title={t('imports.undoTitle', { name })}
          isDanger
          withReason={false}
          onConfirm={(headers) => writeApi(`${path}/undo`, { method: 'POST', ...headers })}
        >
          {t('imports.undoText')}
        </ConfirmButton>
      )}
      {(['uploaded', 'staging', 'staged'].includes(state) ||
        (state === 'failed' && hasWritten === false)) && (
        <ConfirmButton
          label={t('imports.delete')}
          title={t('imports.deleteTitle', { name })}
          isDanger
          discardsInput
          withReason={false}
          onConfirm={async (headers) => {
            await writeApi(path, { method: 'DELETE', ...headers })
            onDeleted()
          }}
        >
          {t('imports.deleteText')}
        </ConfirmButton>
      )}
      <Link class="button" href={`/imports/new?from=${id}`}>
        {t('imports.again')}
      </Link>
    </>
  )
}
