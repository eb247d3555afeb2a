import { scaleUtc } from 'd3-scale'
import { Link } from 'wouter-preact'
import { withQuery } from '../api/path.ts'
import { explorePath, recordPath } from '../api/resources.ts'
import type { Agreement, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { SourceMarks, useCitedSources } from '../components/briefing/source-marks.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { dayAfter } from '../dates/day.ts'
import { edtfSpan } from '../dates/edtf-span.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'
import { anchorAt, formatTick, tickWidth } from './format-tick.ts'
import { timelineExtent } from './timeline-extent.ts'
import { useWidth } from './use-width.ts'

// Heights in the chart, in pixels.
const rowHeight = 18
const axisHeight = 24

// Approximate heights in the table, in rem.
const summaryRem = 2.2
const tableRowRem = 2.45

/** Maximum number of agreements in the chart and the table. */
const maxRows = 60
/** The table is open at first if it has at most this many rows. */
const maxOpenRows = 12

/**
 * A country's latest agreements: a timeline of the agreements that have a date of signature, in which a bar covers every day
 * that the date can mean, and a table of all agreements.
 */
export function AgreementTimeline({
  country,
  name,
  count,
  asOf,
}: {
  country: string
  name: string
  /** Number of agreements, from which the height of the widget is estimated until they have loaded. */
  count: number
  /** The agreements are shown as of this time; undefined is now. */
  asOf: string | undefined
}) {
  const { t } = useLanguage()
  const caption = t('country.timelineCaption', { name })
  const list = withQuery('/v1/agreements', { country, sort: '-signedOn', asOf })
  const state = useApi<Page<Agreement>>(
    withQuery('/v1/agreements', {
      country,
      sort: '-signedOn',
      limit: maxRows,
      asOf,
      fields: 'id,title,signedOn',
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
              <ChartAndTable agreements={data} caption={caption} asOf={asOf} />
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
  const chartPx = Math.min(count, maxRows) * rowHeight + axisHeight
  const tableRem = summaryRem + (count > maxOpenRows ? 0 : count * tableRowRem)
  return count === 0 ? '1.5rem' : `calc(${chartPx}px + ${tableRem}rem)`
}

function ChartAndTable({
  agreements,
  caption,
  asOf,
}: {
  agreements: readonly Agreement[]
  caption: string
  asOf: string | undefined
}) {
  const language = useLanguage()
  const citedSources = useCitedSources(
    agreements.map(({ id }) => id),
    asOf,
  )
  const [frame, width] = useWidth<HTMLDivElement>()
  const dated = agreements.flatMap((agreement) => {
    const span = agreement.signedOn === null ? undefined : edtfSpan(agreement.signedOn)
    return span ? [{ ...agreement, span }] : []
  })
  const extent = timelineExtent(dated.map(({ span }) => span))
  const x = scaleUtc(extent ?? [], [4, width - 4])
  const tickCount = Math.max(2, Math.floor(width / tickWidth))
  const height = dated.length * rowHeight + axisHeight
  return (
    <div ref={frame}>
      {extent && (
        <svg class="columns timeline" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <title>{caption}</title>
          {x.ticks(tickCount).map((tick) => (
            <g key={tick.toISOString()} class="axis">
              <line x1={x(tick)} x2={x(tick)} y1="0" y2={height - axisHeight + 6} />
              <text x={x(tick)} y={height - 4} text-anchor={anchorAt(x(tick), width)}>
                {formatTick(tick, language)}
              </text>
            </g>
          ))}
          {dated.map(({ id, title, signedOn, span }, row) => {
            const left = x(span.earliest ?? extent[0])
            const right = x(dayAfter(span.latest ?? extent[1]))
            const label = language.t('value.named', {
              name: title,
              value: formatEdtf(signedOn ?? '', language),
            })
            return (
              <Link key={id} href={recordPath('agreements', id)}>
                <title>{label}</title>
                <rect
                  class={span.isExact ? 'span' : 'span imprecise'}
                  x={left}
                  y={row * rowHeight + 3}
                  width={Math.max(4, right - left)}
                  height={rowHeight - 5}
                  rx="2"
                />
              </Link>
            )
          })}
        </svg>
      )}
      <details open={agreements.length <= maxOpenRows}>
        <summary>{language.t('state.table')}</summary>
        <table class="dated">
          <caption class="visually-hidden">{caption}</caption>
          <tbody>
            {agreements.map(({ id, title, signedOn }) => (
              <tr key={id}>
                <td class="soft">
                  {signedOn === null ? language.t('value.unknown') : formatEdtf(signedOn, language)}
                </td>
                <th scope="row">
                  <Link href={recordPath('agreements', id)}>{title}</Link>
                  <SourceMarks numbers={citedSources(id)} />
                </th>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  )
}
