import { Link } from 'wouter-preact'
import { explorePath, recordPath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Widget } from '../widget.tsx'

/** The sources behind the briefing, numbered, each with its citations. */
export function Sources({ briefing: { sources } }: { briefing: CountryBriefing }) {
  const { t, number } = useLanguage()
  return (
    <Widget title={t('record.sources')} wide>
      {sources.data.length === 0 ? (
        <p class="empty">{t('explore.none')}</p>
      ) : (
        <ol class="entries">
          {sources.data.map(({ key, label, measures, list }, at) => (
            <li key={list}>
              [{at + 1}]{' '}
              <Link href={recordPath('sources', key.source ?? '')}>{label.source ?? key.source}</Link>{' '}
              <Link class="soft small" href={explorePath(list)}>
                {t('country.citations', { count: number(measures.count ?? 0) })}
              </Link>
            </li>
          ))}
        </ol>
      )}
    </Widget>
  )
}
