import { overviewGroups } from '../../view-data.ts'
import { toYearBars } from '../api/groups.ts'
import type { Aggregate } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { YearColumns } from '../charts/year-columns.tsx'
import { useLanguage } from '../i18n/language.ts'
import { Loaded, Widget } from './widget.tsx'

/** Agreements by the year of their signature. */
export function YearWidget({ title, caption }: { title: string; caption: string }) {
  const { t } = useLanguage()
  const state = useApi<Aggregate>(overviewGroups.signedYear)
  return (
    <Widget title={title} caption={caption} wide>
      <Loaded state={state} height="14.72rem">
        {({ data }) =>
          data.length === 0 ? (
            <p class="empty">{t('list.none')}</p>
          ) : (
            <YearColumns
              caption={caption}
              heading={title}
              years={toYearBars(data, 'signedYear', t('value.unknown'))}
            />
          )
        }
      </Loaded>
    </Widget>
  )
}
