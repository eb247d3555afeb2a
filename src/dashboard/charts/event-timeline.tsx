import { scaleUtc } from 'd3-scale'
import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { edtfSpan } from '../dates/edtf-span.ts'
import { useLanguage } from '../i18n/language.ts'
import { eventBars } from './event-bars.ts'
import { fitText } from './fit-text.ts'
import { anchorAt, formatTick, tickWidth } from './format-tick.ts'
import { timelineExtent } from './timeline-extent.ts'
import { useWidth } from './use-width.ts'

/** A record on a timeline. Dates are EDTF; null means unknown. */
export interface TimedEvent {
  title: string
  start: string | null
  end: string | null
  /** Whether the start is known and the end is not, for records that can have an end. */
  hasUnknownEnd: boolean
  /** The dates as text for readers. */
  dates: string
  path: string
  /** Marks after the title in `EventTable`: whether the record is internal, and the numbers of its sources. */
  marks?: ComponentChildren
}

// All lengths are in pixels.
const titledRowHeight = 24
const plainRowHeight = 18
const barHeight = 12
const axisHeight = 24
/** Distance between the edge of the chart and the first and last day. */
const edgeMargin = 2
/** Length of the part of a tick's line that is below the rows. */
const tickLength = 6
/** Distance from the bottom of the chart up to the labels of the axis. */
const axisLabelOffset = 4
const minBarWidth = 4
/** Distance between the end of a bar and its title, or between the start of a bar and the title on it. */
const titleGap = 6
/** Free space beside a title: `titleGap`, and a margin at the other end. */
const titleSpace = 10
/** Distance from the middle of a row down to the baseline of its title. */
const baselineOffset = 4
/** Length of the dotted line for an unknown end. */
const openEndWidth = 28
/** A title is on its bar if the free width beside the bar is smaller than this. */
const minTitleWidth = 60

/** Returns the spans of an event's start and end, without unknown ones. */
const spansOf = ({ start, end }: TimedEvent) =>
  [start, end].flatMap((date) => (date === null ? [] : (edtfSpan(date) ?? [])))

const rowHeightOf = (hasTitles: boolean) => (hasTitles ? titledRowHeight : plainRowHeight)

/** Returns the height of a timeline, in pixels. @param rowCount number of records with a date. */
export const timelineHeight = (rowCount: number, hasTitles: boolean): number =>
  rowCount * rowHeightOf(hasTitles) + axisHeight

/**
 * A timeline with one row for each record that has a date. A filled bar covers days that are certain; a dashed bar covers every
 * day that an imprecise date can mean.
 */
export function EventTimeline({
  caption,
  events,
  hasTitles = true,
}: {
  caption: string
  events: readonly TimedEvent[]
  /** Whether the timeline shows the titles of the records. */
  hasTitles?: boolean
}) {
  const language = useLanguage()
  const [frame, width] = useWidth<HTMLDivElement>()
  const extent = timelineExtent(events.flatMap(spansOf))
  const dated = events.filter((event) => spansOf(event).length > 0)
  const height = timelineHeight(dated.length, hasTitles)
  const x = scaleUtc(extent ?? [], [edgeMargin, width - edgeMargin])
  return (
    <div ref={frame}>
      {extent && (
        <svg class="columns timeline" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <title>{caption}</title>
          {x.ticks(Math.max(2, Math.floor(width / tickWidth))).map((tick) => (
            <g key={tick.toISOString()} class="axis">
              <line x1={x(tick)} x2={x(tick)} y1="0" y2={height - axisHeight + tickLength} />
              <text x={x(tick)} y={height - axisLabelOffset} text-anchor={anchorAt(x(tick), width)}>
                {formatTick(tick, language)}
              </text>
            </g>
          ))}
          {dated.map((event, row) => (
            <EventRow
              key={event.path}
              event={event}
              first={extent[0]}
              x={(day) => x(day ?? extent[1])}
              y={row * rowHeightOf(hasTitles)}
              width={width}
              hasTitle={hasTitles}
            />
          ))}
        </svg>
      )}
    </div>
  )
}

function EventRow({
  event: { title, start, end, hasUnknownEnd, dates, path },
  first,
  x,
  y,
  width,
  hasTitle,
}: {
  event: TimedEvent
  /** The first day of the timeline. */
  first: Date
  /** The horizontal position of a day; null is the end of the timeline. */
  x: (day: Date | null) => number
  y: number
  width: number
  hasTitle: boolean
}) {
  const { t } = useLanguage()
  const bars = eventBars(start, end, first).map(({ from, to, kind }) => ({
    kind,
    left: x(from),
    right: Math.max(x(from) + minBarWidth, x(to)),
  }))
  const left = Math.min(...bars.map((bar) => bar.left))
  const barsEnd = Math.max(...bars.map((bar) => bar.right))
  const right = hasUnknownEnd ? Math.min(width, barsEnd + openEndWidth) : barsEnd
  const rowHeight = rowHeightOf(hasTitle)
  const middle = y + rowHeight / 2
  const isTitleAfter = width - right >= left
  const freeWidth = (isTitleAfter ? width - right : left) - titleSpace
  const isTitleOnBar = freeWidth < minTitleWidth
  const name = t('value.named', { name: title, value: dates })
  return (
    <Link href={path}>
      <title>{name}</title>
      <rect class="hit" x="0" y={y} width={width} height={rowHeight} />
      {bars.map((bar) => (
        <rect
          key={`${bar.kind}${bar.left}`}
          class={bar.kind === 'exact' ? 'span' : 'span imprecise'}
          x={bar.left}
          y={middle - barHeight / 2}
          width={bar.right - bar.left}
          height={barHeight}
          rx="2"
        />
      ))}
      {hasUnknownEnd && <line class="open-end" x1={barsEnd} x2={right} y1={middle} y2={middle} />}
      {hasTitle && (
        <text
          class="event-title"
          x={isTitleOnBar ? left + titleGap : isTitleAfter ? right + titleGap : left - titleGap}
          y={middle + baselineOffset}
          text-anchor={isTitleOnBar || isTitleAfter ? 'start' : 'end'}
        >
          {fitText(title, isTitleOnBar ? width - left - titleSpace : freeWidth)}
        </text>
      )}
    </Link>
  )
}
