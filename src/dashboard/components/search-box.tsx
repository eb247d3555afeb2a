import { useLocation } from 'wouter-preact'
import { viewPaths } from '../../view-paths.ts'
import { withQuery } from '../api/path.ts'
import { recordPath } from '../api/resources.ts'
import { confirmLeave } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { Combobox } from './combobox.tsx'

/** The search across all resources. Enter without a highlighted suggestion opens the view of the results. */
export function SearchBox() {
  const { t } = useLanguage()
  const [, navigate] = useLocation()
  const open = (path: string) => {
    if (confirmLeave()) navigate(path)
  }
  return (
    <search class="search-box">
      <Combobox
        label={t('search.label')}
        placeholder={t('search.placeholder')}
        onPick={({ resource, key }) => open(recordPath(resource, key))}
        onEnter={(text) => open(withQuery(viewPaths.search, { q: text }))}
      />
    </search>
  )
}
