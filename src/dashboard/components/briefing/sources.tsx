import { Link } from 'wouter-preact'
import { withQuery } from '../../api/path.ts'
import { explorePath } from '../../api/resources.ts'
import type { CountryBriefing, Page, Source } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLanguage } from '../../i18n/language.ts'
import { useAsOf, useRecordPath } from '../as-of-context.ts'
import { FoldedList } from '../folded-list.tsx'
import { InternalTag } from '../internal-tag.tsx'
import { referenceAnchor } from '../reference-marks.tsx'
import { Widget } from '../widget.tsx'

type SourceDetails = Pick<Source, 'id' | 'title' | 'publisher' | 'publishedOn' | 'url' | 'visibility'>

/** The sources of the briefing, each with a link to its citations and with the number that the marks beside facts show. */
export function Sources({ briefing: { sources } }: { briefing: CountryBriefing }) {
  const { t, number } = useLanguage()
  const asOf = useAsOf()
  const recordPath = useRecordPath()
  const ids = sources.data.flatMap(({ key: { source } }) => source ?? [])
  const path = withQuery('/v1/sources', {
    id: ids,
    fields: 'id,title,publisher,publishedOn,url,visibility',
    limit: ids.length,
    asOf,
  })
  const { body } = useApi<Page<SourceDetails>>(ids.length > 0 ? path : null)
  return (
    <Widget title={t('record.sources')} wide>
      {sources.data.length === 0 ? (
        <p class="empty">{t('list.none')}</p>
      ) : (
        <>
          <FoldedList class="entries">
            {sources.data.map(({ key, label, measures, list }, index) => (
              <li key={list} id={referenceAnchor('source', index + 1)}>
                [{index + 1}]{' '}
                <Link href={recordPath('sources', key.source ?? '')}>{label.source ?? key.source}</Link>
                <Details source={body?.data.find(({ id }) => id === key.source)} />{' '}
                <Link class="soft small" href={explorePath(list)}>
                  {t('country.citations', { count: number(measures.count ?? 0) })}
                </Link>
              </li>
            ))}
          </FoldedList>
          {sources.groups > sources.data.length && <p class="soft small">{t('explore.topOnly')}</p>}
        </>
      )}
    </Widget>
  )
}

/** The visibility, publisher and date of a source, and in print its URL. */
function Details({ source }: { source: SourceDetails | undefined }) {
  const language = useLanguage()
  if (!source) return null
  const comma = language.t('list.detail')
  const { publisher, publishedOn, url, visibility } = source
  return (
    <>
      <InternalTag visibility={visibility} />
      {publisher && comma + publisher}
      {publishedOn && comma + formatEdtf(publishedOn, language)}
      {url && <span class="print-only-inline">{comma + url}</span>}
    </>
  )
}
