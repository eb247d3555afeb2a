import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/** A labelled number, and the view of the records behind it. */
export interface Bar {
  label: string
  value: number
  /** Path of the view; a bar without one is no link. */
  path?: string
  /** The number of records without a value. */
  isUnknown?: boolean
}

/** A table of numbers with a bar for each, so that chart and table are one. */
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
