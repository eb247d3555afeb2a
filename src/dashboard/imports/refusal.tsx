import type { ApiError } from '../api/client.ts'
import { FailureReason, FaultText } from '../components/service-text.tsx'
import { SignInAgain } from '../components/sign-in-again.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The error of a failed request with all faults, and a retry button if `onRetry` is set. */
export function Refusal({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  const { t } = useLanguage()
  return (
    <div class="failure" role="alert">
      <div>
        <p>
          {t('state.requestFailed')}
          <FailureReason error={error} /> <SignInAgain error={error} />
        </p>
        <ul>
          {error.faults.map((fault) => (
            <li key={`${fault.pointer}${fault.message}`}>
              {fault.pointer} <FaultText fault={fault} />
            </li>
          ))}
        </ul>
      </div>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {t('state.retry')}
        </button>
      )}
    </div>
  )
}
