import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { recordPath } from '../api/resources.ts'
import { useLanguage } from '../i18n/language.ts'

/** A figure that a source states. */
interface Claim {
  id: string
  title: string
  value: number
  unit: string
}

/** Figures that sources claim, with the number of matching records in the registry. */
export function ClaimsTable<Figure extends Claim>({
  caption,
  claims,
  recorded,
  sourceMarks,
}: {
  caption: string
  claims: readonly Figure[]
  /** Renders the number of records that match a claim; null when the registry cannot count them. */
  recorded: (claim: Figure) => ComponentChildren | null
  /** Renders the reference marks of a claim, which link to its sources. */
  sourceMarks?: (claim: Figure) => ComponentChildren
}) {
  const { t, number } = useLanguage()
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
        {claims.map((claim) => (
          <tr key={claim.id}>
            <th scope="row">
              <Link href={recordPath('figures', claim.id)}>{claim.title}</Link>
              {sourceMarks?.(claim)}
            </th>
            <td class="number">
              {number(claim.value)} <span class="soft small">{claim.unit}</span>
            </td>
            <td class="number">
              {recorded(claim) ?? (
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
