import { scaleBand, scaleLinear } from 'd3-scale'
import { Link } from 'wouter-preact'
import { BarTable } from '../components/bar-table.tsx'
import { useLanguage } from '../i18n/language.ts'
import { groupYears, type YearBar } from './group-years.ts'
import { useWidth } from './use-width.ts'

// All lengths are in pixels.
const height = 200
const maxColumnWidth = 56
/** Years are grouped by decade, century or millennium if their columns would be narrower than this. */
const minColumnWidth = 3
/** The width above which each column shows its number. Of narrower columns, only the highest one does, as a scale. */
const minNumberedWidth = 14
/** The width that the label of a year needs. */
const labelWidth = 42
/** The smallest position of the centre of a label at which the edge of the chart does not cut off the label. */
const minLabelCentre = 16
/** Distance from the top of a column up to its number. */
const numberGap = 5
/** Distance from the bottom of the chart up to the labels of years. */
const labelOffset = 6
const margin = { top: 18, right: 4, bottom: 22, left: 4 }
/** The slot and the label of the column for records without a year. */
const unknownSlot = '?'

/**
 * A column chart by year, or by longer periods if there are too many years, with a column for records without a year if there
 * are any. Below the chart is a table of the numbers of each year.
 */
export function YearColumns({
  caption,
  heading,
  years,
}: {
  caption: string
  heading: string
  years: readonly YearBar[]
}) {
  const { t, number } = useLanguage()
  const [frame, width] = useWidth<HTMLDivElement>()
  const { bars, starts } = groupYears(years, width / minColumnWidth, (from, to) =>
    t('value.range', { from, to }),
  )
  const unknown = years.find(({ year }) => year === null)
  const slots = [...starts.map(String), ...(unknown ? [unknownSlot] : [])]
  const right = Math.min(width - margin.right, margin.left + slots.length * maxColumnWidth)
  const x = scaleBand(slots, [margin.left, right]).padding(0.15)
  const max = Math.max(1, ...bars.map(({ value }) => value))
  const highest = bars.find(({ value }) => value === max)
  const y = scaleLinear([0, max], [height - margin.bottom, margin.top])
  /** Number of slots from one label to the next. */
  const labelStep = Math.max(1, Math.ceil(labelWidth / x.step()))
  return (
    <div ref={frame}>
      <svg class="columns" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <title>{caption}</title>
        <line x1={margin.left} x2={width - margin.right} y1={y(0)} y2={y(0)} />
        {bars.map((bar) => {
          const { year, value, label, path } = bar
          const left = x(year === null ? unknownSlot : String(year)) ?? 0
          const column = (
            <>
              <rect
                class={year === null ? 'unknown' : undefined}
                x={left}
                y={y(value)}
                width={x.bandwidth()}
                height={y(0) - y(value)}
              />
              {(x.bandwidth() > minNumberedWidth || bar === highest) && (
                <text
                  x={Math.min(Math.max(left + x.bandwidth() / 2, minLabelCentre), width - minLabelCentre)}
                  y={y(value) - numberGap}
                  text-anchor="middle"
                >
                  {number(value)}
                </text>
              )}
            </>
          )
          const name = t('value.named', { name: label, value: number(value) })
          return path ? (
            <Link key={label} href={path}>
              <title>{name}</title>
              {column}
            </Link>
          ) : (
            <g key={label}>
              <title>{name}</title>
              {column}
            </g>
          )
        })}
        {slots.map((slot, index) => {
          const isNearUnknown = unknown && (slots.length - 1 - index) * x.step() < labelWidth / 2
          if (slot !== unknownSlot && (index % labelStep !== 0 || isNearUnknown)) return null
          const centre = (x(slot) ?? 0) + x.bandwidth() / 2
          return (
            <text
              key={slot}
              x={Math.max(centre, minLabelCentre)}
              y={height - labelOffset}
              text-anchor="middle"
            >
              {slot}
            </text>
          )
        })}
      </svg>
      <details>
        <summary>{t('state.table')}</summary>
        <BarTable caption={caption} heading={heading} bars={years} />
      </details>
    </div>
  )
}
