import { changesPath } from '../../view-data.ts'
import type { ChangePage } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { ChangeList, withTitle } from '../components/change-list.tsx'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { Loaded } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The latest changes to all records. */
export function ChangesView() {
  const { t, tag } = useLanguage()
  const state = useApi<ChangePage>(changesPath)
  return (
    <>
      <PageHead title={t('changes.title')} actions={<DataLinks />}>
        <p>{t('changes.lead')}</p>
        <PrintedAsOf />
      </PageHead>
      <Loaded state={state} height="40rem">
        {({ data }) => <ChangeList changes={data.map((change) => withTitle(change, tag))} />}
      </Loaded>
    </>
  )
}
