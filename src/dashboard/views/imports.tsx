import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { withQuery } from '../api/path.ts'
import type { ImportJob, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { PageHead } from '../components/page-head.tsx'
import { PagedList } from '../components/paged-list.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { ImportTable } from '../imports/import-table.tsx'
import '../styles/forms.css'
import '../styles/imports.css'

/** The imports of the registry, newest first, for editors. */
export default function ImportsView() {
  const { t } = useLanguage()
  return (
    <RequireRight right="write">
      <PageHead
        title={t('imports.title')}
        actions={
          <Link class="button primary" href="/imports/new">
            {t('imports.new')}
          </Link>
        }
      >
        <p>{t('imports.lead')}</p>
      </PageHead>
      <Imports />
    </RequireRight>
  )
}

function Imports() {
  const { t } = useLanguage()
  const [cursor, setCursor] = useState<string>()
  const state = useKeepPrevious(
    useApi<Page<ImportJob>>(withQuery('/v1/imports', { cursor }), { requireFresh: true }),
  )
  return (
    <Widget title={t('imports.all')} caption={t('imports.allCaption')}>
      <Loaded state={state} height="20rem">
        {({ data, page }) => (
          <PagedList cursor={cursor} next={page.next} onChange={setCursor}>
            {data.length === 0 ? <p class="empty">{t('imports.none')}</p> : <ImportTable jobs={data} />}
          </PagedList>
        )}
      </Loaded>
    </Widget>
  )
}
