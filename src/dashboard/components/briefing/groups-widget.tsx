import { countryPath, toBars } from '../../api/groups.ts'
import type { BriefingGroups } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { BarTable } from '../bar-table.tsx'
import { Widget } from '../widget.tsx'

/** Groups of a briefing as bars; renders nothing without groups. The bar of a country links to the country's view. */
export function GroupsWidget({
  title,
  caption,
  groups,
  dimension,
  measure = 'count',
}: {
  title: string
  caption: string
  groups: BriefingGroups | undefined
  dimension: string
  measure?: string
}) {
  const { t } = useLanguage()
  if (!groups || groups.data.length === 0) return null
  const bars = toBars(groups.data, dimension, t('value.unknown'), {
    measure,
    ...(dimension === 'country' && { toPath: countryPath }),
  })
  return (
    <Widget title={title} caption={caption}>
      <BarTable caption={caption} heading={title} bars={bars} />
      {groups.groups > groups.data.length && <p class="soft small">{t('explore.topOnly')}</p>}
    </Widget>
  )
}
