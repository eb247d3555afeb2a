import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'

/** The way from a record back to the records of its resource, above the heading. */
export function ResourceLink({ name }: { name: string }) {
  const { tOr } = useLanguage()
  return (
    <p class="small">
      <Link href={`/explore/${name}`}>{tOr(`resource.${name}`, name)}</Link>
    </p>
  )
}
