import { Link } from 'wouter-preact'
import { explorePath } from '../api/resources.ts'
import { useLanguage } from '../i18n/language.ts'

/** The link to the list of a resource, above the heading of a record. */
export function ResourceLink({ resource }: { resource: string }) {
  const { resourceLabel } = useLanguage()
  return (
    <p class="small">
      <Link href={explorePath(`/v1/${resource}`)}>{resourceLabel(resource)}</Link>
    </p>
  )
}
