import { Link } from 'wouter-preact'
import { findResource, recordDetailPath, recordPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { Change, CountryBriefing } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import { InternalTag } from './internal-tag.tsx'

/** A change with the title and the visibility of its record. */
type TitledChange = Omit<NonNullable<CountryBriefing['changes']>['data'][number], 'link' | 'visibility'> & {
  visibility: unknown
}

/** The text for a record without a title, such as a citation with neither a quotation nor a note. */
function UntitledRecord({ resource }: { resource: string }) {
  const { t, resourceLabel } = useLanguage()
  return <>{t('changes.untitled', { resource: resourceLabel(resource) })}</>
}

/**
 * Adds the visibility of the record and a title to a change of the feed. The title is the name of the record in the language,
 * otherwise its title, otherwise its note, otherwise null.
 */
export function withTitle(change: Change, language: string): TitledChange {
  const { document } = change
  const resource = findResource(change.resource)
  const name = resource && document?.[resource.title] ? titleOf(resource, document, language) : document?.note
  return { ...change, title: typeof name === 'string' ? name : null, visibility: document?.visibility }
}

/** A list of changes: the record, the operation and the time of each. */
export function ChangeList({ changes }: { changes: readonly TitledChange[] }) {
  const { t, tOr, dateTime, resourceLabel } = useLanguage()
  if (changes.length === 0) return <p class="empty">{t('list.none')}</p>
  return (
    <ul class="entries notes-apart">
      {changes.map(({ resource, key, title, version, operation, time, visibility }) => (
        <li key={`${resource}/${key}/${version}`}>
          <Link href={(operation === 'remove' ? recordDetailPath : recordPath)(resource, key)}>
            {title ?? <UntitledRecord resource={resource} />}
          </Link>
          <InternalTag visibility={visibility} />
          <span class="soft small">
            {resourceLabel(resource)} · {tOr(`operation.${operation}`, operation)} ·{' '}
            <time dateTime={time}>{dateTime(time)}</time>
          </span>
        </li>
      ))}
    </ul>
  )
}
