import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { explorePath } from '../api/resources.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'

/** A figure that a source states. */
interface Claim {
  id: string
  title: string
  value: number
  unit: string
  /** The matching records of the registry; null if it cannot count them. */
  recorded?: { count: number; list: string } | null
}

/** Figures that sources claim, with the number of matching records in the registry. */
export function ClaimsTable({
  caption,
  claims,
  marks,
}: {
  caption: string
  claims: readonly Claim[]
  /** Returns the numbers of the sources that are cited for a claim, as links. */
  marks?: (id: string) => ComponentChildren
}) {
  const { t, number } = useLanguage()
  const recordPath = useRecordPath()
  return (
    <table>
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('overview.claim')}</th>
          <th scope="col" class="number">
            {t('overview.claimed')}
          </th>
          <th scope="col" class="number">
            {t('overview.recorded')}
          </th>
        </tr>
      </thead>
      <tbody>
        {claims.map(({ id, title, value, unit, recorded }) => (
          <tr key={id}>
            <th scope="row">
              <Link href={recordPath('figures', id)}>{title}</Link>
              {marks?.(id)}
            </th>
            <td class="number">
              {number(value)} <span class="soft small">{unit}</span>
            </td>
            <td class="number">
              {recorded ? (
                <Link href={explorePath(recorded.list)}>{number(recorded.count)}</Link>
              ) : (
                <span class="soft">
                  <span aria-hidden="true">–</span>
                  <span class="visually-hidden">{t('overview.notCountable')}</span>
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
