import { Link } from 'wouter-preact'
import { explorePath, recordPath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Widget } from '../widget.tsx'

/** What sources claim about the country, beside the number of records of the same. */
export function Figures({ briefing }: { briefing: CountryBriefing }) {
  const { t, number } = useLanguage()
  const title = t('country.figures', { name: briefing.country.name })
  if (briefing.figures.length === 0) return null
  return (
    <Widget title={title} caption={t('overview.claimsCaption')} wide>
      <table>
        <caption class="visually-hidden">{title}</caption>
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
          {briefing.figures.map(({ id, title: claim, value, unit, recorded }) => (
            <tr key={id}>
              <th scope="row">
                <Link href={recordPath('figures', id)}>{claim}</Link>
              </th>
              <td class="number">
                {number(value)} <span class="soft small">{unit}</span>
              </td>
              <td class="number">
                {recorded === null ? (
                  <span class="soft small">{t('overview.notCountable')}</span>
                ) : (
                  <Link href={explorePath(recorded.list)}>{number(recorded.count)}</Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Widget>
  )
}
