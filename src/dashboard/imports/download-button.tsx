import { useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import { FailureReason } from '../components/service-text.tsx'
import { useLanguage } from '../i18n/language.ts'
import { download } from './download.ts'

/** A button that saves a file of an import. If saving fails, the error is shown beside the button. */
export function DownloadButton({ path, name }: { path: string; name: string }) {
  const { t } = useLanguage()
  const [error, setError] = useState<ApiError>()
  const save = () =>
    download(path, name).then(
      () => setError(undefined),
      (failure: unknown) => setError(toApiError(failure)),
    )
  return (
    <>
      <button type="button" onClick={() => void save()}>
        {t('imports.download', { name })}
      </button>
      <span role="alert" class="fault">
        {error && (
          <>
            {t('state.failed')}
            <FailureReason error={error} />
          </>
        )}
      </span>
    </>
  )
}
