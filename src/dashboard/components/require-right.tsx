import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useRights, userName, useSession } from '../session.ts'
import { PageTitle } from './page-title.tsx'
// The notice appears when the service refuses the key. It is imported here, so that pages with forms load it in advance: after an
// upgrade, the service no longer has the script of the old version.
import './session-notice.tsx'
import { SignInForm } from './sign-in-form.tsx'

/**
 * Shows its children to users with the right, and to all others an explanation with a sign-in form. Once shown, the children
 * stay until the user signs out, so that no input is lost when the service refuses the key, or when the user then signs in with
 * another key without the right. After a refusal, the only form for signing in is the one of `SessionNotice`.
 */
export function RequireRight({
  right,
  children,
}: {
  right: 'write' | 'administer'
  children: ComponentChildren
}) {
  const { t } = useLanguage()
  const isAllowed = useRights()[right]
  const { session, endReason } = useSession()
  const isRefused = endReason === 'refused'
  const showsChildren = useRef(false)
  showsChildren.current = isAllowed || (showsChildren.current && endReason !== 'signedOut')
  return (
    <>
      {!isAllowed && !(isRefused && showsChildren.current) && (
        <section class="widget sign-in">
          <PageTitle title={t('session.title')} />
          <p>{t(`session.needs.${right}`)}</p>
          {session && <p>{t('session.notEnough', { name: userName(session) })}</p>}
          {!isRefused && <SignInForm />}
        </section>
      )}
      {showsChildren.current && children}
    </>
  )
}
