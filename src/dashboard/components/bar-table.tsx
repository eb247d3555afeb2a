import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/** A labelled number, shown as a bar. */
export interface Bar {
  label: string
  value: number
  /** The path of the view to which the bar links, such as the list of its records. A bar without a path is not a link. */
  path?: string
  /** Whether the bar counts records whose value is unknown. Such a bar has another style. */
  isUnknown?: boolean
}

/** A table of numbers with a bar for each: chart and table in one. */
export function BarTable({
  caption,
  heading,
  bars,
}: {
  caption: string
  heading: string
  bars: readonly Bar[]
}) {
  const { t, number } = useLanguage()
  if (bars.length === 0) return <p class="empty">{t('list.none')}</p>
  const max = Math.max(1, ...bars.map(({ value }) => value))
  return (
    <table class="bars">
      <caption class="visually-hidden">{caption}</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{heading}</th>
          <td />
          <th scope="col">{t('value.number')}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ label, value, path, isUnknown = false }) => (
          <tr key={label}>
            <th scope="row">{path ? <Link href={path}>{label}</Link> : label}</th>
            <td>
              <svg
                class={isUnknown ? 'bar unknown' : 'bar'}
                viewBox="0 0 100 10"
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect width={(100 * value) / max} height="10" />
              </svg>
            </td>
            <td class="number">{number(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
