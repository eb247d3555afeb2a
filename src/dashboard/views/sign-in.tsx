import { useLocation } from 'wouter-preact'
import { PageTitle } from '../components/page-title.tsx'
import { SignInForm } from '../components/sign-in-form.tsx'
import { useLanguage } from '../i18n/language.ts'
import { useSession } from '../session.ts'

/** The view from which the user came, from a parameter of the URL, or the overview. */
const cameFrom = (state: unknown): string =>
  typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string'
    ? state.from
    : '/'

/** Signs in with a key, and shows the signed-in user. */
export default function SignInView() {
  const { t, tOr } = useLanguage()
  const { session } = useSession()
  const [, navigate] = useLocation()
  return (
    <section class="widget sign-in">
      <PageTitle title={t('session.title')} />
      <p>{t('session.lead')}</p>
      {session ? (
        <p role="status">
          {t('session.as', { name: session.actor.name ?? '' })}{' '}
          <span class="tag">{tOr(`role.${session.actor.role}`, session.actor.role ?? '')}</span>
        </p>
      ) : (
        <SignInForm onDone={() => navigate(cameFrom(history.state))} />
      )}
    </section>
  )
}
