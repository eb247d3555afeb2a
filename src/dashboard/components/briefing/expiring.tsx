import { Link } from 'wouter-preact'
import { explorePath, recordPath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Widget } from '../widget.tsx'

/** The agreements in force that may expire within a year. */
export function Expiring({ briefing: { expiring } }: { briefing: CountryBriefing }) {
  const language = useLanguage()
  const { t } = language
  return (
    <Widget title={t('overview.expiring')}>
      {expiring.data.length === 0 ? (
        <p class="empty">{t('explore.none')}</p>
      ) : (
        <ul class="entries">
          {expiring.data.map(({ id, title, expiresOn }) => (
            <li key={id}>
              <Link href={recordPath('agreements', id)}>{title}</Link>{' '}
              <span class="soft small">{formatEdtf(expiresOn, language)}</span>
            </li>
          ))}
        </ul>
      )}
      {expiring.count > expiring.data.length && (
        <p class="small">
          <Link href={explorePath(expiring.list)}>{t('explore.topOnly')}</Link>
        </p>
      )}
    </Widget>
  )
}
