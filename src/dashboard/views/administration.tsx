import { InternalRecords } from '../components/administration/internal-records.tsx'
import { Keys } from '../components/administration/keys.tsx'
import { Load } from '../components/administration/load.tsx'
import { PageHead } from '../components/page-head.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { useLanguage } from '../i18n/language.ts'
import '../styles/forms.css'

/** The view for administrators: keys, internal records, and the load of the service. */
export default function AdministrationView() {
  const { t } = useLanguage()
  return (
    <RequireRight right="administer">
      <PageHead title={t('session.administration')}>
        <p>{t('admin.lead')}</p>
      </PageHead>
      <div class="stack">
        <Keys />
        <div class="grid">
          <InternalRecords />
          <Load />
        </div>
      </div>
    </RequireRight>
  )
}
