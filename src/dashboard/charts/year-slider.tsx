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
export interface UnknownYear {
  label: string
  count: number
  /** The path of the view of these records, if there are any. */
  path: string | undefined
}

/** Half the width of a handle: the distance in pixels from an end of the track to the edge of the element. */
const inset = 12
const height = 48
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
  unknown,
  period,
  onChange,
}: {
  /** Whether `years` is still being read. The slider already takes its final height. */
  isLoading: boolean
  years: readonly YearCount[]
  /** The records without a year, by resource. */
  unknown: readonly UnknownYear[]
  period: Period
  onChange: (period: Period) => void
}) {
  const { t } = useLanguage()
  const id = useId()
  const known = [...years.map(({ year }) => year), period.from ?? [], period.to ?? []].flat()
  const first = Math.min(...known)
  const last = Math.max(...known)
  const [shown, setShown] = useState({ from: period.from ?? first, to: period.to ?? last })
  useEffect(
    () => setShown({ from: period.from ?? first, to: period.to ?? last }),
    [period.from, period.to, first, last],
  )
  const timer = useRef<ReturnType<typeof setTimeout>>()
  useEffect(() => () => clearTimeout(timer.current), [])
  const move = (next: { from: number; to: number }) => {
    setShown(next)
    clearTimeout(timer.current)
    const chosen = {
      from: next.from === first ? undefined : next.from,
      to: next.to === last ? undefined : next.to,
    }
    timer.current = setTimeout(() => onChange(chosen), settleMs)
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
        {known.length > 0 ? (
          <>
            <SliderColumns years={years} first={first} last={last} shown={shown} />
            {handle('from')}
            {handle('to')}
          </>
        ) : (
          <p class={isLoading ? 'placeholder loading' : 'soft'} style={{ height }}>
            {!isLoading && t('chart.noYears')}
          </p>
        )}
      </div>
      <p class="year-slider-ends soft small" aria-hidden="true">
        <span>{known.length > 0 && first}</span>
        <span>{known.length > 0 && last}</span>
      </p>
      <p class={unknown.length > 1 ? 'year-slider-notes several small' : 'year-slider-notes small'}>
        {!isAll && (
          <button
            type="button"
            class="chip"
            onClick={({ currentTarget }) => {
              focusPrevious(currentTarget)
              clearTimeout(timer.current)
              onChange({ from: undefined, to: undefined })
            }}
          >
            {t('chart.allYears')}
          </button>
        )}
        {!isLoading && <UnknownYears unknown={unknown} />}
      </p>
    </fieldset>
  )
}

/** The numbers of records without a year. The style sheet reserves space for them, so that nothing moves when they load. */
function UnknownYears({ unknown }: { unknown: readonly UnknownYear[] }) {
  const { t, number } = useLanguage()
  return (
    <span class="soft">
      {t('chart.withoutYear')}{' '}
      {unknown.map(({ label, count, path }, index) => {
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
  const step = (width - 2 * inset) / Math.max(1, last - first)
  const columnWidth = Math.max(1, Math.min(2 * inset, step * 0.8))
  return (
    <div ref={frame}>
      <svg class="columns" width={width} height={height} aria-hidden="true">
        {years.map(({ year, count }) => (
          <rect
            key={year}
            class={year < shown.from || year > shown.to ? 'outside' : undefined}
            x={inset + (year - first) * step - columnWidth / 2}
            y={height - (height * count) / max}
            width={columnWidth}
            height={(height * count) / max}
          />
        ))}
      </svg>
    </div>
  )
}
