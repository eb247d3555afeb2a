import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { withQuery } from '../../api/path.ts'
import { type ResourceDescription, recordDetailPath } from '../../api/resources.ts'
import type { HistoryEntry, HistoryPage, Names } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { useKeepPrevious } from '../../api/use-keep-previous.ts'
import { authorName } from '../../i18n/author-name.ts'
import { useLanguage } from '../../i18n/language.ts'
import { useRights } from '../../session.ts'
import { RestoreButton } from '../record-actions.tsx'
import { ShowMoreButton } from '../show-more-button.tsx'
import { Loaded } from '../widget.tsx'
import { VersionChanges } from './version-changes.tsx'

/** Number of versions that are shown at first. */
const initialCount = 20
/** Maximum number of shown versions. A request returns up to 200 versions, the oldest of which is read only for comparison. */
const maxCount = 199

/**
 * The versions of a record, newest first: the actor, time and reason of each, and its changes from the previous version. A
 * merge has a link to the history of the merged record. Editors can restore a version, unless the record was merged.
 */
export function HistoryList({
  resource,
  path,
  names,
  current,
}: {
  resource: ResourceDescription
  /** The path of the record in the API. */
  path: string
  names: Names
  /** The current version number; undefined for a removed record. */
  current: number | undefined
}) {
  const { t } = useLanguage()
  const [count, setCount] = useState(initialCount)
  // One more version is read, for comparison with the oldest shown version.
  const state = useKeepPrevious(
    useApi<HistoryPage>(withQuery(`${path}/history`, { limit: count + 1, follow: 'false' })),
  )
  // While further versions load, the previous response is shown. Its last version still serves only for comparison.
  const isLoadingMore = state.status === 'loading' && state.body?.data.length === initialCount + 1
  const shownCount = isLoadingMore ? initialCount : count
  return (
    <Loaded state={state}>
      {({ data, page }) => {
        // The service ends a page early if its documents are large.
        const isCut = !isLoadingMore && page.next !== null && data.length <= count
        const entries = data.slice(0, isCut ? Math.max(1, data.length - 1) : shownCount)
        return (
          <>
            <ol class="entries">
              {entries.map((entry, index) => (
                <Entry
                  key={entry.version}
                  entry={entry}
                  previous={data[index + 1]?.version}
                  isOpen={index === 0}
                  isRestorable={data[0]?.mergedInto === null}
                  resource={resource}
                  path={path}
                  names={names}
                  current={current}
                />
              ))}
            </ol>
            {data.length > count && count < maxCount && (
              <ShowMoreButton class="no-print" onClick={() => setCount(maxCount)}>
                {t('history.more')}
              </ShowMoreButton>
            )}
            {(isCut || (data.length > count && count === maxCount)) && (
              <p class="soft">{t('history.cut', { count: entries.length })}</p>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

function Entry({
  entry: { version, operation, actor, time, reason, redactedBy, mergedFrom },
  previous,
  isOpen: isOpenAtFirst,
  isRestorable,
  resource,
  path,
  names,
  current,
}: {
  entry: HistoryEntry
  previous: number | undefined
  isOpen: boolean
  isRestorable: boolean
  resource: ResourceDescription
  path: string
  names: Names
  current: number | undefined
}) {
  const language = useLanguage()
  const { t, tOr, dateTime } = language
  const { write } = useRights()
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  return (
    <li>
      <div class="entry-head">
        <p>
          <strong>{t('record.version', { version })}</strong> · {tOr(`operation.${operation}`, operation)} ·{' '}
          {t('record.by', { name: authorName(language, actor) })} ·{' '}
          <time dateTime={time}>{dateTime(time)}</time>
        </p>
        {write && isRestorable && version !== current && operation !== 'remove' && (
          <RestoreButton path={path} version={version} current={current} />
        )}
      </div>
      {reason && <p class="soft">{t('record.reason', { reason })}</p>}
      {mergedFrom !== null && (
        <p>
          <Link href={withQuery(recordDetailPath(resource.name, mergedFrom), { follow: 'false' })}>
            {t('history.merged')}
          </Link>
        </p>
      )}
      {redactedBy && <p class="soft">{t('history.redacted', { version: redactedBy })}</p>}
      {operation !== 'remove' && (
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t(previous === undefined ? 'history.first' : 'history.changes')}</summary>
          {isOpen && (
            <VersionChanges
              resource={resource}
              path={path}
              version={version}
              previousVersion={previous}
              isCurrent={version === current}
              names={names}
            />
          )}
        </details>
      )}
    </li>
  )
}
