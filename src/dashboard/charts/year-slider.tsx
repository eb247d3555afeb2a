import { Fragment } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { focusPrevious } from '../components/focus-previous.ts'
import { useLanguage } from '../i18n/language.ts'
import { useWidth } from './use-width.ts'

/** The number of records whose event starts in a year. */
export interface YearCount {
  year: number
  count: number
}

/** The number of records of a resource whose event has no exact start year. */
export interface CountWithoutYear {
  label: string
  count: number
  /** The path of the view of these records, if there are any. */
  path: string | undefined
}

/** Half the width of a handle. At both ends, the track is shorter than the element by this length. */
const insetPx = 12
const heightPx = 48
/** Delay after the last movement of a handle before `onChange` is called. */
const settleMs = 150

/** A period of years. An undefined end is open. */
export interface Period {
  from: number | undefined
  to: number | undefined
}

/**
 * Two handles over a column chart of years, which choose a period. A handle at the end of the track leaves this end of the
 * period open.
 */
export function YearSlider({
  isLoading,
  years,
  withoutYear,
  period,
  onChange,
}: {
  /** Whether `years` is still being read. Meanwhile, a placeholder has the height of the chart. */
  isLoading: boolean
  years: readonly YearCount[]
  /** The numbers of records without an exact year, by resource. */
  withoutYear: readonly CountWithoutYear[]
  period: Period
  onChange: (period: Period) => void
}) {
  const { t } = useLanguage()
  const id = useId()
  const knownYears = [...years.map(({ year }) => year), period.from, period.to].filter(
    (year) => year !== undefined,
  )
  const first = Math.min(...knownYears)
  const last = Math.max(...knownYears)
  const [shown, setShown] = useState({ from: period.from ?? first, to: period.to ?? last })
  const timer = useRef<ReturnType<typeof setTimeout>>()
  useEffect(() => {
    // While a newer choice waits, an earlier one that reaches the URL must not move the handles back.
    if (timer.current === undefined) setShown({ from: period.from ?? first, to: period.to ?? last })
  }, [period.from, period.to, first, last])
  useEffect(() => () => clearTimeout(timer.current), [])
  const clearTimer = () => {
    clearTimeout(timer.current)
    timer.current = undefined
  }
  const move = (next: { from: number; to: number }) => {
    setShown(next)
    clearTimer()
    const chosen = {
      from: next.from === first ? undefined : next.from,
      to: next.to === last ? undefined : next.to,
    }
    timer.current = setTimeout(() => {
      timer.current = undefined
      onChange(chosen)
    }, settleMs)
  }
  const handle = (end: 'from' | 'to') => (
    <input
      type="range"
      id={`${id}${end}`}
      min={first}
      max={last}
      value={shown[end]}
      aria-label={t(end === 'from' ? 'chart.from' : 'chart.to')}
      onInput={({ currentTarget: { valueAsNumber: year } }) =>
        move(
          end === 'from'
            ? { ...shown, from: Math.min(year, shown.to) }
            : { ...shown, to: Math.max(year, shown.from) },
        )
      }
    />
  )
  const isAll = period.from === undefined && period.to === undefined
  return (
    <fieldset class="year-slider no-print">
      <legend>
        {t('chart.period')}{' '}
        <output>{isAll ? t('chart.allYears') : t('value.range', { from: shown.from, to: shown.to })}</output>
      </legend>
      <div class="year-slider-track">
        {knownYears.length > 0 ? (
          <>
            <SliderColumns years={years} first={first} last={last} shown={shown} />
            {handle('from')}
            {handle('to')}
          </>
        ) : (
          <p class={isLoading ? 'placeholder loading' : 'soft'} style={{ height: heightPx }}>
            {!isLoading && t('chart.noYears')}
          </p>
        )}
      </div>
      <p class="year-slider-ends soft small" aria-hidden="true">
        <span>{knownYears.length > 0 && first}</span>
        <span>{knownYears.length > 0 && last}</span>
      </p>
      <p class={withoutYear.length > 1 ? 'year-slider-notes several small' : 'year-slider-notes small'}>
        {!isAll && (
          <button
            type="button"
            class="chip"
            onClick={({ currentTarget }) => {
              focusPrevious(currentTarget)
              clearTimer()
              onChange({ from: undefined, to: undefined })
            }}
          >
            {t('chart.allYears')}
          </button>
        )}
        {!isLoading && <CountsWithoutYear counts={withoutYear} />}
      </p>
    </fieldset>
  )
}

/** The numbers of records without an exact year. The style sheet reserves their space, so that nothing moves when they load. */
function CountsWithoutYear({ counts }: { counts: readonly CountWithoutYear[] }) {
  const { t, number } = useLanguage()
  return (
    <span class="soft">
      {t('chart.withoutYear')}{' '}
      {counts.map(({ label, count, path }, index) => {
        const text = `${label} ${number(count)}`
        return (
          <Fragment key={label}>
            {index > 0 && ' · '}
            <span class="unbroken">{path === undefined ? text : <Link href={path}>{text}</Link>}</span>
          </Fragment>
        )
      })}
    </span>
  )
}

function SliderColumns({
  years,
  first,
  last,
  shown,
}: {
  years: readonly YearCount[]
  first: number
  last: number
  shown: { from: number; to: number }
}) {
  const [frame, width] = useWidth<HTMLDivElement>()
  const max = Math.max(1, ...years.map(({ count }) => count))
  const pixelsPerYear = (width - 2 * insetPx) / Math.max(1, last - first)
  const columnWidth = Math.max(1, Math.min(2 * insetPx, pixelsPerYear * 0.8))
  return (
    <div ref={frame}>
      <svg class="columns" width={width} height={heightPx} aria-hidden="true">
        {years.map(({ year, count }) => (
          <rect
            key={year}
            class={year < shown.from || year > shown.to ? 'outside' : undefined}
            x={insetPx + (year - first) * pixelsPerYear - columnWidth / 2}
            y={heightPx - (heightPx * count) / max}
            width={columnWidth}
            height={(heightPx * count) / max}
          />
        ))}
      </svg>
    </div>
  )
}
