import { Link } from 'wouter-preact'
import { nameIn, readTitles } from '../api/names.ts'
import { withQuery } from '../api/path.ts'
import { findResource, type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import type { DuplicatePair, Names } from '../api/types.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { useRead } from '../api/use-read.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PagedList } from '../components/paged-list.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { ResourceLink } from '../components/resource-link.tsx'
import { Loaded } from '../components/widget.tsx'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'

/** Number of records that the service checks for each page of the list: the maximum of `limit`. */
const checkedPerPage = 200

const listHeight = '40rem'

/** The pairs of records of a resource that may be duplicates, for editors. */
export default function DuplicatesView({ resource: name }: { resource: string }) {
  const { t, resourceLabel } = useLanguage()
  const resource = findResource(name)
  if (!resource) return <NotFound />
  return (
    <RequireRight right="write">
      <PageHead
        above={<ResourceLink resource={resource.name} />}
        title={t('duplicates.title', { resource: resourceLabel(resource.name) })}
      >
        <p>{t('duplicates.lead')}</p>
        <PrintedAsOf />
      </PageHead>
      <PagedList<DuplicatePair>
        path={`/v1/${resource.name}/duplicates`}
        parameters={{ limit: checkedPerPage }}
        height={listHeight}
      >
        {(pairs, isWholeList) =>
          pairs.length === 0 ? (
            <p class="empty">{t(isWholeList ? 'duplicates.none' : 'duplicates.noneHere')}</p>
          ) : (
            <Pairs resource={resource} pairs={pairs} />
          )
        }
      </PagedList>
    </RequireRight>
  )
}

/** Pairs of records. Each is a link to the view that merges the record with the higher key into the other one. */
function Pairs({ resource, pairs }: { resource: ResourceDescription; pairs: readonly DuplicatePair[] }) {
  const { t } = useLanguage()
  const labels = useLabels()
  const records = pairs.flatMap(({ record, other }) =>
    [record, other].map(({ key }) => ({ resource: resource.name, key })),
  )
  const state = useKeepPrevious(
    useRead<Names>(`titles of ${resource.name} ${records.map(({ key }) => key).join()}`, (language, signal) =>
      readTitles(records, language, signal),
    ),
  )
  return (
    <Loaded state={state} height={listHeight}>
      {(titles) => (
        <ul class="entries notes-apart">
          {pairs.map(({ record, other, same }) => (
            <li key={`${record.key} ${other.key}`}>
              <Link
                href={withQuery(`${recordDetailPath(resource.name, other.key)}/merge`, { into: record.key })}
              >
                {[
                  ...new Set(
                    [record, other].map(
                      ({ key, title }) => nameIn(titles, resource.name, key) ?? title ?? key,
                    ),
                  ),
                ].join(' · ')}
              </Link>
              {same.length > 0 && (
                <span class="soft small">
                  {t('duplicates.same', {
                    properties: same.map((name) => labels.property(name)).join(t('list.comma')),
                  })}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  )
}
