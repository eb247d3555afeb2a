import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { explorePath } from '../api/resources.ts'
import { agreementTitleProperties, titleOf } from '../api/titles.ts'
import type { Agreement } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'
import { InternalTag } from './internal-tag.tsx'

/** Returns the day one year after a day, both as ISO 8601. */
export function dayOneYearAfter(day: string): string {
  const later = new Date(day)
  later.setUTCFullYear(later.getUTCFullYear() + 1)
  return later.toISOString().slice(0, 10)
}

/** Says that no agreement expires between two days. */
export function NoExpiring({ from, to }: { from: string; to: string }) {
  const language = useLanguage()
  const format = (day: string) => formatEdtf(day, language)
  return <p class="empty">{language.t('overview.expiringNone', { from: format(from), to: format(to) })}</p>
}

/** Agreements with the dates on which they expire. If there are more than `agreements`, a link leads to the list of all. */
export function ExpiringList({
  agreements,
  count,
  list,
  marks,
}: {
  agreements: readonly (Pick<Agreement, 'id' | 'title' | 'expiresOn' | 'visibility'> &
    Partial<Pick<Agreement, 'alternativeTitles'>>)[]
  /** The number of all expiring agreements, of which `agreements` are the first. */
  count: number
  /** The path of the list of all expiring agreements in the API. */
  list: string
  /** Returns the numbers of the sources that are cited for an agreement, as links. */
  marks?: (id: string) => ComponentChildren
}) {
  const language = useLanguage()
  const recordPath = useRecordPath()
  return (
    <>
      <ul class="entries">
        {agreements.map((agreement) => (
          <li key={agreement.id}>
            <Link href={recordPath('agreements', agreement.id)}>
              {titleOf(agreementTitleProperties, agreement, language.tag)}
            </Link>
            <InternalTag visibility={agreement.visibility} />
            {marks?.(agreement.id)}{' '}
            <span class="soft small unbroken">
              {agreement.expiresOn && formatEdtf(agreement.expiresOn, language)}
            </span>
          </li>
        ))}
      </ul>
      {count > agreements.length && (
        <p class="small">
          <Link href={explorePath(list)}>
            {language.t('expiring.all', { count: language.number(count) })}
          </Link>
        </p>
      )}
    </>
  )
}
