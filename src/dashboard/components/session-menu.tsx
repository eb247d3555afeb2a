import { Link, useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { viewPaths } from '../../view-paths.ts'
import { useFocusAfterChange } from '../editing/use-focus-after-change.ts'
import { confirmLeave } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { endSession, useRights, useSession } from '../session.ts'

const signInId = 'sign-in'

/** For the signed-in user, links to further views and a button to sign out; for all others, a link to sign in. */
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
      {write && <Link href="/imports">{t('imports.title')}</Link>}
      {administer && <Link href="/administration">{t('session.administration')}</Link>}
      <button
        type="button"
        title={t('session.as', { name: session.actor.name ?? '' })}
        onClick={() => confirmLeave() && signOut('signedOut', signInId)}
      >
        {t('session.signOut')}
      </button>
    </>
  )
}
