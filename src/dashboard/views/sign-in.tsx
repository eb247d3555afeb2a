import { PageTitle } from '../components/page-title.tsx'
import { SignInForm } from '../components/sign-in-form.tsx'
import { useLanguage } from '../i18n/language.ts'
import { userName, useSession } from '../session.ts'
import { useNavigateWhileMounted } from '../use-navigate-while-mounted.ts'

/** Returns the path from which the user came, as stored in the history state, or the path of the overview. */
const previousPath = (state: unknown): string =>
  typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string'
    ? state.from
    : '/'

/** The view in which users sign in with a key. Shows the signed-in user. */
export default function SignInView() {
  const { t, tOr } = useLanguage()
  const { session } = useSession()
  const navigate = useNavigateWhileMounted()
  return (
    <section class="widget sign-in">
      <PageTitle title={t('session.title')} />
      <p>{t('session.lead')}</p>
      {session ? (
        <p role="status">
          {t('session.as', { name: userName(session) })}{' '}
          {session.actor.role && (
            <span class="tag">{tOr(`role.${session.actor.role}`, session.actor.role)}</span>
          )}
        </p>
      ) : (
        <SignInForm onDone={() => navigate(previousPath(history.state))} />
      )}
    </section>
  )
}
