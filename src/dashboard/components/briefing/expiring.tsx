import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { dayOneYearAfter, ExpiringList, NoExpiring } from '../expiring-list.tsx'
import { ReferenceMarks } from '../reference-marks.tsx'
import { Widget } from '../widget.tsx'
import { useCitedSources } from './cited-sources.ts'

/** The agreements in force that may expire within a year. */
export function ExpiringAgreementsOfCountry({ briefing: { expiring, day } }: { briefing: CountryBriefing }) {
  const { t } = useLanguage()
  const citedSources = useCitedSources(expiring.data.map(({ id }) => id))
  return (
    <Widget title={t('overview.expiring')}>
      {expiring.data.length === 0 ? (
        <NoExpiring from={day} to={dayOneYearAfter(day)} />
      ) : (
        <ExpiringList
          agreements={expiring.data}
          count={expiring.count}
          list={expiring.list}
          marks={(id) => <ReferenceMarks kind="source" numbers={citedSources(id)} />}
        />
      )}
    </Widget>
  )
}
