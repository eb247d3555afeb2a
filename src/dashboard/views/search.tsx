import { Link } from 'wouter-preact'
import { searchPath } from '../../view-data.ts'
import { recordPath } from '../api/resources.ts'
import type { HitPage } from '../api/types.ts'
import { useHits } from '../api/use-hits.ts'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { HitDetails } from '../components/hit-details.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PageTitle } from '../components/page-title.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { Snippet, snippetText } from '../components/snippet.tsx'
import { Loaded } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { useParameters } from '../use-parameters.ts'

/** The results of a search across all resources. */
export function SearchView() {
  const { t, number } = useLanguage()
  const [parameters] = useParameters()
  const text = parameters.get('q') ?? ''
  const state = useHits(text === '' ? null : searchPath(parameters))
  if (text === '') return <PageTitle title={t('search.ask')} />
  const describeCount = ({ data, page }: HitPage) => {
    if (page.more) return t('search.moreThan', { count: number(data.length) })
    return data.length === 1 ? t('search.one') : t('search.count', { count: number(data.length) })
  }
  return (
    <>
      <PageHead title={t('search.results', { text })} actions={<DataLinks view="search" />}>
        <p aria-live="polite">{state.body ? describeCount(state.body) : state.error ? '' : '…'}</p>
        <PrintedAsOf />
      </PageHead>
      <Loaded state={state} height="30rem">
        {({ data, page }) => (
          <>
            {data.length === 0 && <p class="empty">{t('search.none')}</p>}
            <ul class="entries">
              {data.map((hit) => (
                <li key={`${hit.resource}/${hit.key}`}>
                  <Link href={recordPath(hit.resource, hit.key)}>{hit.title}</Link> <HitDetails hit={hit} />
                  {hit.snippet && ![hit.title, hit.matched].includes(snippetText(hit.snippet)) && (
                    <p class="small">
                      <Snippet html={hit.snippet} />
                    </p>
                  )}
                </li>
              ))}
            </ul>
            {page.more && <p class="soft">{t('search.more')}</p>}
          </>
        )}
      </Loaded>
    </>
  )
}
