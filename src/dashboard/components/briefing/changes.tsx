import { Link } from 'wouter-preact'
import { recordPath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Widget } from '../widget.tsx'

/** The latest changes of the records of the country. A briefing of the past has none. */
export function BriefingChanges({ briefing: { changes } }: { briefing: CountryBriefing }) {
  const { t, tOr, moment } = useLanguage()
  if (changes === null) return null
  return (
    <Widget title={t('overview.changes')} wide>
      <ul class="entries">
        {changes.data.map(({ resource, key, title, version, operation, time }) => (
          <li key={`${resource}/${key}/${version}`}>
            {operation === 'remove' ? (
              (title ?? key)
            ) : (
              <Link href={recordPath(resource, key)}>{title ?? key}</Link>
            )}{' '}
            <span class="soft small">
              {tOr(`resource.${resource}`, resource)} · {tOr(`operation.${operation}`, operation)} ·{' '}
              <time dateTime={time}>{moment(time)}</time>
            </span>
          </li>
        ))}
      </ul>
    </Widget>
  )
}
