import { serviceNow } from '../api/client.ts'
import { endOfUtcDay, utcDayOf } from '../dates/day.ts'
import { useLanguage } from '../i18n/language.ts'

/** Returns the end of a UTC day, or the current time if the day is not over, since the service refuses future times. */
function endOfDayOrNow(day: string): string {
  const end = endOfUtcDay(day)
  const now = serviceNow().toISOString()
  const isOver = end < now
  return isOver ? end : now
}

/** Returns the end of the UTC day one year before a time, by default now. An invalid time counts as now. */
export function yearBefore(time?: string): string {
  const parsed = new Date(time ?? Date.now())
  const date = Number.isNaN(parsed.getTime()) ? new Date() : parsed
  date.setUTCFullYear(date.getUTCFullYear() - 1)
  return endOfDayOrNow(date.toISOString().slice(0, 10))
}

/** The first day that can be chosen. While a year is typed, browsers report days such as 0002-01-31. */
const minDay = '1900-01-01'

/**
 * A date input for the UTC day at whose end the registry is shown. `onChange` gets the end of the day, or the current time if the
 * day is not over, and undefined for an empty input.
 */
export function AsOfField({
  label,
  asOf,
  onChange,
}: {
  label?: string
  asOf: string | undefined
  onChange: (asOf: string | undefined) => void
}) {
  const { t } = useLanguage()
  const choose = (day: string) => {
    if (day === '') onChange(undefined)
    else if (day >= minDay) onChange(endOfDayOrNow(day))
  }
  return (
    <label class="field">
      <span>{label ?? t('country.asOf')}</span>
      <input
        type="date"
        value={asOf === undefined ? '' : utcDayOf(asOf)}
        min={minDay}
        max={serviceNow().toISOString().slice(0, 10)}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
    </label>
  )
}
