import { confirmLeave } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusView } from '../scroll-and-focus.ts'
import { endSession } from '../session.ts'
import { SignInForm } from './sign-in-form.tsx'

/** Says that the service has refused the key of the session, so that the page shows only public data, and lets the user sign in again. */
export default function SessionNotice() {
  const { t } = useLanguage()
  return (
    <section class="widget sign-in no-print" aria-label={t('session.title')}>
      <SignInForm />
      <button
        type="button"
        onClick={() => {
          if (!confirmLeave()) return
          endSession('signedOut')
          focusView()
        }}
      >
        {t('session.goOn')}
      </button>
    </section>
  )
}
