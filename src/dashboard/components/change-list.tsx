import { Link } from 'wouter-preact'
import { findResource, recordPath } from '../api/resources.ts'
import type { Change } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

/** The name of a changed record; its key when the change has no document. */
function titleOf({ resource, key, document }: Change): string {
  const property = findResource(resource)?.title
  const title = property === undefined ? undefined : document?.[property]
  return typeof title === 'string' ? title : key
}

/** Changes with their records, what was done and when. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const { tOr, moment } = useLanguage()
  return (
    <ul class="entries">
      {changes.map((change) => (
        <li key={`${change.resource}/${change.key}/${change.version}`}>
          {change.operation === 'remove' ? (
            titleOf(change)
          ) : (
            <Link href={recordPath(change.resource, change.key)}>{titleOf(change)}</Link>
          )}{' '}
          <span class="soft small">
            {tOr(`resource.${change.resource}`, change.resource)} ·{' '}
            {tOr(`operation.${change.operation}`, change.operation)} ·{' '}
            <time dateTime={change.time}>{moment(change.time)}</time>
          </span>
        </li>
      ))}
    </ul>
  )
}
