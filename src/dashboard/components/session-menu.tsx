import { Link, useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { viewPaths } from '../../view-paths.ts'
import { useFocusAfterChange } from '../editing/use-focus-after-change.ts'
import { confirmLeave } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { endSession, type Session, useRights, userName, useSession } from '../session.ts'

const signInId = 'sign-in'

/** For the signed-in user, links to further views, the name and role, and a button to sign out; for all others, a link to sign in. */
export function SessionMenu() {
  const { t } = useLanguage()
  const { session } = useSession()
  const { write, administer } = useRights()
  const [location] = useLocation()
  const search = useSearch()
  const signOut = useFocusAfterChange(endSession)
  if (!session) {
    return (
      <Link
        id={signInId}
        href={viewPaths.signIn}
        state={location === viewPaths.signIn ? history.state : { from: location + search }}
      >
        {t('session.signIn')}
      </Link>
    )
  }
  return (
    <>
      {write && <Link href={viewPaths.imports}>{t('imports.title')}</Link>}
      {administer && <Link href={viewPaths.administration}>{t('session.administration')}</Link>}
      <User session={session} />
      <button type="button" onClick={() => confirmLeave() && signOut('signedOut', signInId)}>
        {t('session.signOut')}
      </button>
    </>
  )
}

/** The name and role of the signed-in user, with a link to the view that shows a long name in full. */
function User({ session }: { session: Session }) {
  const { t, tOr } = useLanguage()
  const name = userName(session)
  const { role } = session.actor
  const roleText = role === null ? '' : t('list.bracketed', { text: tOr(`role.${role}`, role) })
  return (
    <Link class="user" href={viewPaths.signIn} aria-label={t('session.as', { name }) + roleText}>
      <bdi>{name}</bdi>
      <span>{roleText}</span>
    </Link>
  )
}
