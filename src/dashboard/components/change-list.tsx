import { Link } from 'wouter-preact'
import { findResource, recordPath } from '../api/resources.ts'
import type { Change, CountryBriefing } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

/** A change with the name of its record. */
type NamedChange = Omit<NonNullable<CountryBriefing['changes']>['data'][number], 'link'>

/** The title of a change without a name: a citation without a quotation and a note. */
function Unnamed({ resource }: { resource: string }) {
  const { t, tOr } = useLanguage()
  return <>{t('changes.unnamed', { resource: tOr(`resource.${resource}`, resource) })}</>
}

/** Returns a change of the feed with the name of its record. */
export function withTitle(change: Change): NamedChange {
  const { title = '' } = findResource(change.resource) ?? {}
  const name = change.document?.[title] ?? change.document?.note
  return { ...change, title: typeof name === 'string' ? name : null }
}

/** Changes with their records, what was done and when. */
export function ChangeList({ changes }: { changes: readonly NamedChange[] }) {
  const { tOr, moment } = useLanguage()
  return (
    <ul class="entries notes-apart">
      {changes.map(({ resource, key, title, version, operation, time }) => (
        <li key={`${resource}/${key}/${version}`}>
          {operation === 'remove' ? (
            (title ?? <Unnamed resource={resource} />)
          ) : (
            <Link href={recordPath(resource, key)}>{title ?? <Unnamed resource={resource} />}</Link>
          )}
          <span class="soft small">
            {tOr(`resource.${resource}`, resource)} · {tOr(`operation.${operation}`, operation)} ·{' '}
            <time dateTime={time}>{moment(time)}</time>
          </span>
        </li>
      ))}
    </ul>
  )
}
