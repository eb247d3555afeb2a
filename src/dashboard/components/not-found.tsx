import { Link } from 'wouter-preact'
import { viewPaths } from '../../view-paths.ts'
import { isEmbedded } from '../embed.ts'
import { useLanguage } from '../i18n/language.ts'
import { PageTitle } from './page-title.tsx'

/** The page for an unknown address, with a link to the overview. An embedded view has no search. */
export function NotFound() {
  const { t } = useLanguage()
  return (
    <div class="stack">
      <PageTitle title={t('state.notFound')} />
      <p class="soft">{t('state.notFoundHint')}</p>
      {!isEmbedded && <p class="soft">{t('state.notFoundSearch')}</p>}
      <p>
        <Link href={viewPaths.overview}>{t('nav.overview')}</Link>
      </p>
    </div>
  )
}
