import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { ChangeList } from '../change-list.tsx'
import { Widget } from '../widget.tsx'

/** The latest changes to the country's records. A briefing as of an earlier time has none. */
export function BriefingChanges({ briefing: { changes } }: { briefing: CountryBriefing }) {
  const { t } = useLanguage()
  if (changes === null) return null
  return (
    <Widget title={t('overview.changes')} wide>
      <ChangeList changes={changes.data} />
    </Widget>
  )
}
