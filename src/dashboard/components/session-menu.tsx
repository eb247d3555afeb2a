import { Link, useLocation, useSearch } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'
import { endSession, useRights, useSession } from '../session.ts'

/** The signed-in user with a button to sign out; a link to sign in for all others. */
export function SessionMenu() {
  const { t } = useLanguage()
  const { session } = useSession()
  const { write, administer } = useRights()
  const [location] = useLocation()
  const search = useSearch()
  if (!session) {
    const from = search === '' ? location : `${location}?${search}`
    return (
      <Link href="/sign-in" state={{ from }}>
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
        onClick={() => endSession('signedOut')}
      >
        {t('session.signOut')}
      </button>
    </>
  )
}
