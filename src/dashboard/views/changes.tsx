import { changesPath } from '../../view-data.ts'
import type { ChangePage } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { ChangeList, withTitle } from '../components/change-list.tsx'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { PageTitle } from '../components/page-title.tsx'
import { PrintedAt } from '../components/printed-at.tsx'
import { Loaded } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The latest changes of all records. */
export function ChangesView() {
  const { t, tag } = useLanguage()
  const state = useApi<ChangePage>(changesPath)
  return (
    <>
      <div class="page-head">
        <div>
          <PageTitle title={t('changes.title')} />
          <p>{t('changes.lead')}</p>
          <PrintedAt />
        </div>
        <div class="toolbar no-print">
          <DataLinks />
        </div>
      </div>
      <Loaded state={state} height="40rem">
        {({ data }) => <ChangeList changes={data.map((change) => withTitle(change, tag))} />}
      </Loaded>
    </>
  )
}
