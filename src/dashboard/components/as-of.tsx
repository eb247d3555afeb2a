import { useLanguage } from '../i18n/language.ts'

/** The last moment of a day by UTC, or now if the day is not over: times in the future are refused. */
export function endOfDay(day: string): string {
  const end = `${day}T23:59:59.999Z`
  const now = new Date().toISOString()
  return end < now ? end : now
}

/** The last moment of the day a year ago. */
export function aYearAgo(): string {
  const day = new Date()
  day.setUTCFullYear(day.getUTCFullYear() - 1)
  return endOfDay(day.toISOString().slice(0, 10))
}

/** Chooses the day of which the registry is shown: its last moment, by UTC. Empty is now. */
export function AsOf({
  label,
  asOf,
  onChange,
}: {
  label?: string
  asOf: string | undefined
  onChange: (asOf: string | undefined) => void
}) {
  const { t } = useLanguage()
  return (
    <label class="field">
      <span>{label ?? t('country.asOf')}</span>
      <input
        type="date"
        value={asOf?.slice(0, 10) ?? ''}
        max={new Date().toISOString().slice(0, 10)}
        onChange={({ currentTarget: { value } }) => onChange(value === '' ? undefined : endOfDay(value))}
      />
    </label>
  )
}
