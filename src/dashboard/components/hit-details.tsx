import { isCode } from '../api/is-code.ts'
import type { HitPage } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

/** A record that a search has found. */
export type Hit = HitPage['data'][number]

/** Details that distinguish hits with equal titles: the matching name, the key if it is a code, the resource. */
export function HitDetails({ hit: { resource, key, matched } }: { hit: Hit }) {
  const { resourceLabel } = useLanguage()
  return (
    <span class="soft small">
      {[matched, isCode(key) ? key : undefined, resourceLabel(resource)].filter((part) => part).join(' · ')}
    </span>
  )
}
