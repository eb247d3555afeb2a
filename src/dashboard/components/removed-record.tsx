import { Link } from 'wouter-preact'
import { apiRecordPath } from '../../view-data.ts'
import { withQuery } from '../api/path.ts'
import { type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { HistoryPage, RecordDocument } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { authorName } from '../i18n/author-name.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRights } from '../session.ts'
import { HistoryList } from './history/history-list.tsx'
import { InternalTag } from './internal-tag.tsx'
import { NotFound } from './not-found.tsx'
import { PageHead } from './page-head.tsx'
import { PrintedAsOf } from './printed-as-of.tsx'
import { RestoreButton } from './record-actions.tsx'
import { ResourceLink } from './resource-link.tsx'
import { Loaded, Widget } from './widget.tsx'

/**
 * A removed record: its last title, who removed it and when, and its history. Editors can restore it, unless it was merged
 * into another record.
 */
export function RemovedRecord({ resource, recordKey }: { resource: ResourceDescription; recordKey: string }) {
  const language = useLanguage()
  const { t, tag, dateTime } = language
  const { write, administer } = useRights()
  const path = apiRecordPath(resource.name, recordKey)
  const history = useApi<HistoryPage>(withQuery(`${path}/history`, { limit: 1, follow: 'false' }))
  const last = history.body?.data[0]
  const revision = useApi<{ document: RecordDocument }>(last ? `${path}/history/${last.version}` : null)
  const mergedInto = last?.mergedInto ?? undefined
  const document = revision.body?.document
  const title = document ? titleOf(resource, document, tag) : recordKey
  if (history.error?.status === 404) return <NotFound />
  return (
    <Loaded state={history} height="20rem">
      {() => (
        <>
          <PageHead
            above={<ResourceLink resource={resource.name} />}
            title={title}
            heading={<del>{title}</del>}
            actions={
              mergedInto === undefined && (
                <>
                  {write && <RestoreButton path={path} current={undefined} />}
                  {administer && (
                    <Link class="button" href={`${recordDetailPath(resource.name, recordKey)}/redact`}>
                      {t('redact.open')}
                    </Link>
                  )}
                </>
              )
            }
          >
            {last && (
              <p>
                {t('removed.by', {
                  name: authorName(language, last.actor),
                  time: dateTime(last.time),
                })}{' '}
                <InternalTag visibility={document?.visibility} />
              </p>
            )}
            {mergedInto !== undefined && (
              <p>
                <Link href={recordDetailPath(resource.name, mergedInto)}>{t('removed.mergedInto')}</Link>
              </p>
            )}
            <PrintedAsOf />
          </PageHead>
          <Widget title={t('record.history')}>
            <HistoryList resource={resource} path={path} names={{}} current={undefined} />
          </Widget>
        </>
      )}
    </Loaded>
  )
}
