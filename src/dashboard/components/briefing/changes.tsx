import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { ChangeList } from '../change-list.tsx'
import { Widget } from '../widget.tsx'

/** The latest changes of the records of the country. A briefing of the past has none. */
export function BriefingChanges({ briefing: { changes } }: { briefing: CountryBriefing }) {
  const { t } = useLanguage()
  if (changes === null) return null
  return (
    <Widget title={t('overview.changes')} wide>
      <ChangeList changes={changes.data} />
    </Widget>
  )
}
