import { changesPath } from '../../view-data.ts'
import { viewPaths } from '../../view-paths.ts'
import type { ChangePage } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { ChangeList, withTitle } from '../components/change-list.tsx'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PageLinks } from '../components/page-links.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { Loaded } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { useFocusResults } from '../use-focus-results.ts'
import { changeParameters, useParameters } from '../use-parameters.ts'

/** The changes to all records, the latest first, page by page. */
export function ChangesView() {
  const { t, tag } = useLanguage()
  const [parameters] = useParameters()
  const state = useKeepPrevious(useApi<ChangePage>(changesPath(parameters)))
  const { resultsRef, showResults } = useFocusResults()
  const pageUrl = (after: string | undefined) =>
    `${viewPaths.changes}${changeParameters(parameters, { after })}`
  // Without changes, there is no position after them.
  const next = state.body?.page.more ? (state.body.page.after ?? undefined) : undefined
  const isFirst = !parameters.has('after')
  return (
    <>
      <PageHead title={t('changes.title')} actions={<DataLinks view="changes" />}>
        <p>{t('changes.lead')}</p>
        <PrintedAsOf />
      </PageHead>
      <section ref={resultsRef} tabIndex={-1} aria-label={t('changes.title')}>
        <Loaded state={state} height="40rem">
          {({ data }) => <ChangeList changes={data.map((change) => withTitle(change, tag))} />}
        </Loaded>
        {(!isFirst || next !== undefined) && <p class="print-only">{t('explore.topOnly')}</p>}
        <PageLinks
          class="toolbar pages no-print"
          first={isFirst ? undefined : pageUrl(undefined)}
          next={next === undefined ? undefined : pageUrl(next)}
          onClick={showResults}
        />
      </section>
    </>
  )
}
