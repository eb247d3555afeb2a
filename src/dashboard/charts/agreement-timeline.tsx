import { Link } from 'wouter-preact'
import { withQuery } from '../api/path.ts'
import { explorePath } from '../api/resources.ts'
import { agreementTitleProperties, titleOf } from '../api/titles.ts'
import type { Agreement, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useAsOf, useRecordPath } from '../components/as-of-context.ts'
import { useCitedSources } from '../components/briefing/cited-sources.ts'
import { InternalTag } from '../components/internal-tag.tsx'
import { ReferenceMarks } from '../components/reference-marks.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'
import { EventTable } from './event-table.tsx'
import { EventTimeline, timelineHeight } from './event-timeline.tsx'

// Approximate heights in the table, in rem.
const summaryRem = 2.2
const tableRowRem = 2.45

/** Maximum number of agreements in the chart and the table. */
const maxRows = 60
/** The table is open at first if it has at most this many rows. */
const maxOpenRows = 12

/**
 * A country's latest agreements, as a timeline and a table. The table has all of them. The timeline has those with a date of
 * signature, and a bar covers every day that the date can mean.
 */
export function AgreementTimeline({
  country,
  name,
  count,
}: {
  country: string
  name: string
  /** Number of agreements, from which the height of the widget is estimated until they have loaded. */
  count: number
}) {
  const { t } = useLanguage()
  const asOf = useAsOf()
  const caption = t('country.timelineCaption', { name })
  const list = withQuery('/v1/agreements', { country, sort: '-signedOn', asOf })
  const state = useApi<Page<Agreement>>(
    withQuery('/v1/agreements', {
      country,
      sort: '-signedOn',
      limit: maxRows,
      asOf,
      fields: 'id,title,alternativeTitles,signedOn,visibility',
    }),
  )
  return (
    <Widget title={t('country.timeline')} caption={caption} wide>
      <Loaded state={state} height={heightOf(count)}>
        {({ data, page }) => (
          <>
            {data.length === 0 ? (
              <p class="empty">{t('list.none')}</p>
            ) : (
              <ChartAndTable agreements={data} caption={caption} />
            )}
            {page.next !== null && (
              <p class="small">
                <Link class="target" href={explorePath(list)}>
                  {t('explore.topOnly')}
                </Link>
              </p>
            )}
          </>
        )}
      </Loaded>
    </Widget>
  )
}

/** Returns the approximate height of the chart and the table, as CSS. @param count number of agreements. */
function heightOf(count: number): string {
  const chartPx = timelineHeight(Math.min(count, maxRows), false)
  const tableRem = summaryRem + (count > maxOpenRows ? 0 : count * tableRowRem)
  return count === 0 ? '1.5rem' : `calc(${chartPx}px + ${tableRem}rem)`
}

function ChartAndTable({ agreements, caption }: { agreements: readonly Agreement[]; caption: string }) {
  const language = useLanguage()
  const recordPath = useRecordPath()
  const citedSources = useCitedSources(agreements.map(({ id }) => id))
  const events = agreements.map((agreement) => {
    const { id, signedOn, visibility } = agreement
    return {
      title: titleOf(agreementTitleProperties, agreement, language.tag),
      start: signedOn,
      end: null,
      hasUnknownEnd: false,
      dates: signedOn === null ? language.t('value.unknown') : formatEdtf(signedOn, language),
      path: recordPath('agreements', id),
      marks: (
        <>
          <InternalTag visibility={visibility} />
          <ReferenceMarks kind="source" numbers={citedSources(id)} />
        </>
      ),
    }
  })
  return (
    <>
      <EventTimeline caption={caption} events={events} hasTitles={false} />
      <EventTable caption={caption} events={events} isOpen={events.length <= maxOpenRows} />
    </>
  )
}
