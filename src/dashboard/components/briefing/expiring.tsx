import { Link } from 'wouter-preact'
import { explorePath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { ExpiringList } from '../expiring-list.tsx'
import { Widget } from '../widget.tsx'

/** The agreements in force that may expire within a year. */
export function Expiring({ briefing: { expiring } }: { briefing: CountryBriefing }) {
  const { t } = useLanguage()
  return (
    <Widget title={t('overview.expiring')}>
      {expiring.data.length === 0 ? (
        <p class="empty">{t('explore.none')}</p>
      ) : (
        <ExpiringList agreements={expiring.data} />
      )}
      {expiring.count > expiring.data.length && (
        <p class="small">
          <Link href={explorePath(expiring.list)}>{t('explore.topOnly')}</Link>
        </p>
      )}
    </Widget>
  )
}
