import { useId } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useFileHandlers } from './use-file-handlers.ts'

/** Inputs for the file with the rows, and for the files that its mapping names (`list` in the API). */
export function FileFields({
  onFile,
  onCompanions,
}: {
  onFile: (file: File | undefined) => void
  onCompanions: (files: readonly File[]) => void
}) {
  const { t } = useLanguage()
  const id = useId()
  const fileHandlers = useFileHandlers(([file]) => onFile(file))
  const companionHandlers = useFileHandlers(onCompanions)
  return (
    <div class="fields">
      <div class="field">
        <label for={`${id}-file`}>{t('imports.rowsFile')}</label>
        <input
          id={`${id}-file`}
          type="file"
          accept=".csv,.tsv,.txt,.xlsx,.json,.ndjson,.jsonl,.xml"
          aria-describedby={`${id}-hint`}
          {...fileHandlers}
        />
        <p id={`${id}-hint`} class="soft small">
          {t('imports.rowsFileHint')}
        </p>
      </div>
      <div class="field">
        <label for={`${id}-lists`}>{t('imports.lists')}</label>
        <input
          id={`${id}-lists`}
          type="file"
          multiple
          aria-describedby={`${id}-lists-hint`}
          {...companionHandlers}
        />
        <p id={`${id}-lists-hint`} class="soft small">
          {t('imports.listsHint')}
        </p>
      </div>
    </div>
  )
}
