import type { ApiError } from '../api/client.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusSignIn } from './sign-in-form.tsx'

/** If the service has refused the key of a save, a button that leads to the form at the top of the page to sign in again. */
export function SignInAgain({ error }: { error: ApiError }) {
  const { t } = useLanguage()
  if (error.status !== 401) return null
  return (
    <button type="button" class="link" onClick={focusSignIn}>
      {t('session.again')}
    </button>
  )
}
