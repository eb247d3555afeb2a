import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { explorePath, recordPath } from '../api/resources.ts'
import type { Agreement } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'

/** Agreements with the dates on which they expire. If there are more than `agreements`, a link leads to the list of all. */
export function ExpiringList({
  agreements,
  count,
  list,
  marks,
}: {
  agreements: readonly Pick<Agreement, 'id' | 'title' | 'expiresOn'>[]
  /** The number of all agreements. */
  count: number
  /** The path of the list of all agreements in the API. */
  list: string
  /** Shows the sources of an agreement. */
  marks?: (id: string) => ComponentChildren
}) {
  const language = useLanguage()
  return (
    <>
      <ul class="entries">
        {agreements.map(({ id, title, expiresOn }) => (
          <li key={id}>
            <Link href={recordPath('agreements', id)}>{title}</Link>
            {marks?.(id)}{' '}
            <span class="soft small unbroken">{expiresOn && formatEdtf(expiresOn, language)}</span>
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
