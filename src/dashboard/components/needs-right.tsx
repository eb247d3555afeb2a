import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { useRights, useSession } from '../session.ts'
import { PageTitle } from './page-title.tsx'
import { SignInForm } from './sign-in-form.tsx'

/**
 * Shows its children to users with the right, and a sign-in form to all others. When the service refuses the key later, both
 * are visible, so that no input is lost.
 */
export function NeedsRight({
  right,
  children,
}: {
  right: 'write' | 'administer'
  children: ComponentChildren
}) {
  const { t } = useLanguage()
  const isAllowed = useRights()[right]
  const { session, end } = useSession()
  const showsChildren = useRef(false)
  showsChildren.current = isAllowed || (showsChildren.current && end === 'refused')
  return (
    <>
      {!isAllowed && (
        <section class="widget sign-in">
          <PageTitle title={t('session.title')} />
          <p>{t(`session.needs.${right}`)}</p>
          {session && <p>{t('session.notEnough', { name: session.actor.name ?? '' })}</p>}
          <SignInForm />
        </section>
      )}
      {showsChildren.current && children}
    </>
  )
}
