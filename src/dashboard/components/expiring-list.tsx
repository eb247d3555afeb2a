import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { recordPath } from '../api/resources.ts'
import type { Agreement } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'

/** Agreements with the dates on which they expire. */
export function ExpiringList({
  agreements,
  marks,
}: {
  agreements: readonly Pick<Agreement, 'id' | 'title' | 'expiresOn'>[]
  /** Shows the sources of an agreement. */
  marks?: (id: string) => ComponentChildren
}) {
  const language = useLanguage()
  return (
    <ul class="entries">
      {agreements.map(({ id, title, expiresOn }) => (
        <li key={id}>
          <Link href={recordPath('agreements', id)}>{title}</Link>
          {marks?.(id)}{' '}
          <span class="soft small unbroken">{expiresOn && formatEdtf(expiresOn, language)}</span>
        </li>
      ))}
    </ul>
  )
}
