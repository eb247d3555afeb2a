import { Link } from 'wouter-preact'
import { explorePath } from '../../api/resources.ts'
import type { BriefingMoney } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Widget } from '../widget.tsx'

/** Counts of programs and sums of their amounts, by year, kind of amount and currency; renders nothing without programs. */
export function MoneyWidget({
  title,
  caption,
  money,
}: {
  title: string
  caption: string
  money: BriefingMoney
}) {
  const { t, number } = useLanguage()
  if (money.count === 0) return null
  return (
    <Widget title={title} caption={caption} wide>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('country.year')}</th>
            <th scope="col">{t('country.amountKind')}</th>
            <th scope="col" class="number">
              {t('country.programs')}
            </th>
            <th scope="col" class="number">
              {t('country.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {money.amounts.data.map(({ key, label, measures, list }) => {
            const currency = key.amountCurrency
            const amount = measures['sum:amount'] ?? null
            return (
              <tr key={list}>
                <th scope="row">
                  <Link href={explorePath(list)}>{label.startsYear ?? t('value.unknown')}</Link>
                </th>
                <td>{key.amountKind ? label.amountKind : ''}</td>
                <td class="number">{number(measures.count ?? 0)}</td>
                <td class="number">
                  {amount === null ? t('value.unknown') : `${number(amount)} ${currency ?? ''}`}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {money.amounts.groups > money.amounts.data.length && <p class="soft small">{t('explore.topOnly')}</p>}
    </Widget>
  )
}
