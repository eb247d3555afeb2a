import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/** The link above the heading of a record to the list of its resource. */
export function ResourceLink({ name }: { name: string }) {
  const { tOr } = useLanguage()
  return (
    <p class="small">
      <Link href={`/explore/${name}`}>{tOr(`resource.${name}`, name)}</Link>
    </p>
  )
}
