import { Link } from 'wouter-preact'
import { recordPath } from '../api/resources.ts'
import type { Agreement } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'

/** Agreements with the dates on which they expire. */
export function ExpiringList({
  agreements,
}: {
  agreements: readonly Pick<Agreement, 'id' | 'title' | 'expiresOn'>[]
}) {
  const language = useLanguage()
  return (
    <ul class="entries">
      {agreements.map(({ id, title, expiresOn }) => (
        <li key={id}>
          <Link href={recordPath('agreements', id)}>{title}</Link>{' '}
          <span class="soft small">{expiresOn && formatEdtf(expiresOn, language)}</span>
        </li>
      ))}
    </ul>
  )
}
