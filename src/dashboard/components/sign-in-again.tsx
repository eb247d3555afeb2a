import type { ApiError } from '../api/client.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusSignIn } from './sign-in-form.tsx'

/** After a 401 response, a button that moves the focus to the form for signing in. */
export function SignInAgain({ error }: { error: ApiError }) {
  const { t } = useLanguage()
  if (error.status !== 401) return null
  return (
    <button type="button" class="link" onClick={focusSignIn}>
      {t('session.again')}
    </button>
  )
}
