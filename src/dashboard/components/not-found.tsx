import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'
import { PageTitle } from './page-title.tsx'

/** Says that an address leads to nothing, and where to go on. */
export function NotFound() {
  const { t } = useLanguage()
  return (
    <div class="stack">
      <PageTitle title={t('state.notFound')} />
      <p class="soft">{t('state.notFoundHint')}</p>
      <p>
        <Link href="/">{t('nav.overview')}</Link>
      </p>
    </div>
  )
}
