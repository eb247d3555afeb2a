import { scaleUtc } from 'd3-scale'
import { Link } from 'wouter-preact'
import { edtfSpan } from '../dates/edtf-span.ts'
import { useLanguage } from '../i18n/language.ts'
import { eventBars } from './event-bars.ts'
import { fitText } from './fit-text.ts'
import { anchorAt, formatTick, tickWidth } from './format-tick.ts'
import { useWidth } from './use-width.ts'

/** A record on a timeline. Dates are EDTF; null means unknown. */
export interface TimedEvent {
  title: string
  start: string | null
  end: string | null
  /** Whether the start is known and the end is not, for records that can have an end. */
  isOpen: boolean
  /** The dates as text for readers. */
  dates: string
  path: string
}

// All lengths are in pixels.
const rowHeight = 24
const barHeight = 12
const axisHeight = 24
const minBarWidth = 4
/** Length of the dotted line for an unknown end. */
const openEndWidth = 28
const dayMs = 86_400_000
/** A title is on its bar if the free width beside the bar is smaller than this. */
const minTitleWidth = 60

/** Returns the first and the last day of all dates, with a margin, so that a timeline of one day has an axis, too. */
function extent(events: readonly TimedEvent[]): [Date, Date] | undefined {
  const days = events
    .flatMap(({ start, end }) => [start, end])
    .flatMap((date) => (date === null ? [] : (edtfSpan(date) ?? [])))
    .flatMap(({ earliest, latest }) => [earliest, latest])
    .flatMap((day) => (day === null ? [] : Number(day)))
  if (days.length === 0) return undefined
  const [first, last] = [Math.min(...days), Math.max(...days)]
  const margin = Math.max(dayMs * 180, (last - first) * 0.03)
  return [new Date(first - margin), new Date(last + margin)]
}

/**
 * A timeline with one row for each record that has a date. Filled bars are certain; a dashed bar covers every day that an
 * imprecise date can mean.
 */
export function EventTimeline({ caption, events }: { caption: string; events: readonly TimedEvent[] }) {
  const language = useLanguage()
  const [frame, width] = useWidth<HTMLDivElement>()
  const days = extent(events)
  const dated = events.filter(({ start, end }) =>
    [start, end].some((date) => date !== null && edtfSpan(date)),
  )
  const height = dated.length * rowHeight + axisHeight
  const x = scaleUtc(days ?? [new Date(), new Date()], [2, width - 2])
  return (
    <div ref={frame}>
      {days && (
        <svg class="columns timeline" width={width} height={height}>
          <title>{caption}</title>
          {x.ticks(Math.max(2, Math.floor(width / tickWidth))).map((tick) => (
            <g key={tick.toISOString()}>
              <line x1={x(tick)} x2={x(tick)} y1="0" y2={height - axisHeight + 6} />
              <text x={x(tick)} y={height - 4} text-anchor={anchorAt(x(tick), width)}>
                {formatTick(tick, language)}
              </text>
            </g>
          ))}
          {dated.map((event, row) => (
            <EventRow
              key={event.path}
              event={event}
              first={days[0]}
              x={(day) => x(day ?? days[1])}
              y={row * rowHeight}
              width={width}
            />
          ))}
        </svg>
      )}
    </div>
  )
}

function EventRow({
  event: { title, start, end, isOpen, dates, path },
  first,
  x,
  y,
  width,
}: {
  event: TimedEvent
  first: Date
  /** The horizontal position of a day; null is the end of the timeline. */
  x: (day: Date | null) => number
  y: number
  width: number
}) {
  const { t } = useLanguage()
  const bars = eventBars(start, end, first).map(({ from, to, kind }) => ({
    kind,
    left: x(from),
    right: Math.max(x(from) + minBarWidth, x(to)),
  }))
  const left = Math.min(...bars.map((bar) => bar.left))
  const barsEnd = Math.max(...bars.map((bar) => bar.right))
  const right = isOpen ? Math.min(width, barsEnd + openEndWidth) : barsEnd
  const middle = y + rowHeight / 2
  const isAfter = width - right >= left
  const free = (isAfter ? width - right : left) - 10
  const isOnBar = free < minTitleWidth
  const isStart = isAfter || isOnBar
  const name = t('filter.is', { name: title, value: dates })
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
      {isOpen && <line class="open-end" x1={barsEnd} x2={right} y1={middle} y2={middle} />}
      <text
        class="event-title"
        x={isOnBar ? left + 6 : isAfter ? right + 6 : left - 6}
        y={middle + 4}
        text-anchor={isStart ? 'start' : 'end'}
      >
        {fitText(title, isOnBar ? width - left - 10 : free)}
      </text>
    </Link>
  )
}
