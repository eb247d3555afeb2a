import { Link } from 'wouter-preact'
import { viewPaths } from '../../view-paths.ts'
import type { ImportJob } from '../api/types.ts'
import { PageHead } from '../components/page-head.tsx'
import { PagedList } from '../components/paged-list.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { Widget } from '../components/widget.tsx'
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
          <Link class="button primary" href={viewPaths.newImport}>
            {t('imports.new')}
          </Link>
        }
      >
        <p>{t('imports.lead')}</p>
      </PageHead>
      <Widget title={t('imports.all')} caption={t('imports.allCaption')}>
        <PagedList<ImportJob> path="/v1/imports" height="20rem">
          {(jobs) =>
            jobs.length === 0 ? <p class="empty">{t('imports.none')}</p> : <ImportTable jobs={jobs} />
          }
        </PagedList>
      </Widget>
    </RequireRight>
  )
}
