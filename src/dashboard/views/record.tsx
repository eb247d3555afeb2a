import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { apiRecordPath } from '../../view-data.ts'
import { managedProperties } from '../api/forms.ts'
import { withQuery } from '../api/path.ts'
import { pointedProperty } from '../api/pointers.ts'
import { findResource, type Property, type ResourceDescription } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { Citation, Names, RecordDocument } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { AsOfContext, useAsOf } from '../components/as-of-context.ts'
import { DataLinks } from '../components/chart/chart-links.tsx'
import { CitationList } from '../components/citation-list.tsx'
import { HistoryList } from '../components/history/history-list.tsx'
import { InternalTag } from '../components/internal-tag.tsx'
import { isUnset } from '../components/is-unset.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { PageTitle } from '../components/page-title.tsx'
import { PrintedAsOf } from '../components/printed-as-of.tsx'
import { RecordActions } from '../components/record-actions.tsx'
import { RecordMap } from '../components/record-map.tsx'
import { RedirectIfMerged } from '../components/redirect-if-merged.tsx'
import { ReferenceMarks } from '../components/reference-marks.tsx'
import { RemovedRecord } from '../components/removed-record.tsx'
import { ResourceLink } from '../components/resource-link.tsx'
import { SourcesSideBySide } from '../components/sources-side-by-side.tsx'
import { Value } from '../components/value.tsx'
import { Failure, Loaded, Widget } from '../components/widget.tsx'
import { formatAsOf } from '../dates/format-as-of.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusView } from '../scroll-and-focus.ts'
import { useRights, useSession } from '../session.ts'

/** Properties that are not listed as facts. The heading shows the version, and whether the record is internal. */
const unlistedProperties = [...managedProperties, 'visibility']

type RecordWithCitations = RecordDocument & {
  citations?: Citation[]
  /** The record that a citation supports, and the source of the citation. */
  record?: Citation['record']
  sourceDetails?: Citation['sourceDetails']
  names?: Names
}

/**
 * One record: its facts with their citations, a map, and its history. The key of a merged record leads to the record that
 * stays, except with `follow=false`, which shows the history of the merged record. With `asOf`, the record as of an earlier time.
 */
export default function RecordView({ resource: name, recordKey }: { resource: string; recordKey: string }) {
  const resource = findResource(name)
  const asOf = new URLSearchParams(useSearch()).get('asOf') ?? undefined
  if (!resource) return <NotFound />
  return (
    <AsOfContext.Provider value={asOf}>
      <KnownRecord resource={resource} recordKey={recordKey} />
    </AsOfContext.Provider>
  )
}

function KnownRecord({ resource, recordKey }: { resource: ResourceDescription; recordKey: string }) {
  const { t, tag } = useLanguage()
  const asOf = useAsOf()
  const follows = new URLSearchParams(useSearch()).get('follow') !== 'false'
  const path = apiRecordPath(resource.name, recordKey)
  const include = ['names', resource.name === 'citations' ? 'sourceDetails' : 'citations']
  const complete = useApi<RecordWithCitations>(withQuery(path, { include, asOf }))
  // If a record has more than 5,000 citations, or more than 64 MiB of them, the service responds with the problem
  // `invalid-parameter`, without faults. For an invalid key, the same problem has a fault.
  const hasTooManyCitations =
    complete.error?.type === 'invalid-parameter' && complete.error.faults.length === 0
  const partial = useApi<RecordWithCitations>(
    hasTooManyCitations ? withQuery(path, { include: 'names', asOf }) : null,
  )
  const state = hasTooManyCitations ? partial : complete
  const isMerged = state.body !== undefined && state.body[resource.key] !== recordKey
  if ((state.error?.status === 404 && asOf === undefined) || (isMerged && !follows))
    return <RemovedRecord resource={resource} recordKey={recordKey} />
  // No record can have this id. For keys such as codes, `Failure` shows what the service suggests.
  if (state.error?.faults.some(({ parameter }) => parameter === 'id')) return <NotFound />
  if (state.error)
    return (
      <div class="stack">
        <ResourceLink resource={resource.name} />
        <PageTitle title={recordKey} />
        <AsOfNote asOf={asOf} />
        <Failure error={state.error} retry={state.retry} />
      </div>
    )
  return (
    <Loaded state={state} height="40rem">
      {(record) => (
        <RedirectIfMerged resource={resource} record={record} recordKey={recordKey}>
          <PageHead
            above={<ResourceLink resource={resource.name} />}
            title={titleOf(resource, record, tag)}
            actions={
              <>
                {asOf === undefined && (
                  <RecordActions resource={resource} record={record} recordKey={recordKey} />
                )}
                <DataLinks view="record" name={recordKey} />
              </>
            }
          >
            <p class="small">
              {t('record.version', { version: String(record.version) })}
              <RecordTag record={record} />
            </p>
            <AsOfNote asOf={asOf} />
            <PrintedAsOf asOf={asOf} />
          </PageHead>
          <div class="stack">
            <Facts resource={resource} record={record} />
            <RecordMap record={record} names={record.names ?? {}} />
            {record.citations && (
              <Widget title={t('record.sources')}>
                <CitationList citations={record.citations} />
                {asOf === undefined && <CiteLink resource={resource} record={record} />}
              </Widget>
            )}
            {hasTooManyCitations && (
              <Widget title={t('record.sources')}>
                <p>
                  <Link href={withQuery('/explore/citations', { record: String(record[resource.key]) })}>
                    {t('record.sourcesTooMany')}
                  </Link>
                </p>
                {asOf === undefined && <CiteLink resource={resource} record={record} />}
              </Widget>
            )}
            <SourcesSideBySide
              resource={resource}
              record={record}
              citations={record.citations ?? []}
              names={record.names ?? {}}
            />
            {asOf === undefined && (
              <Widget title={t('record.history')}>
                <HistoryList
                  resource={resource}
                  path={path}
                  names={record.names ?? {}}
                  current={Number(record.version)}
                />
              </Widget>
            )}
          </div>
        </RedirectIfMerged>
      )}
    </Loaded>
  )
}

/** The time as of which a record is shown, with a link to the current version, which can be edited and has a history. */
function AsOfNote({ asOf }: { asOf: string | undefined }) {
  const language = useLanguage()
  const [path] = useLocation()
  if (asOf === undefined) return null
  return (
    <p class="no-print">
      {language.t('record.asOf', { time: formatAsOf(asOf, language) })}{' '}
      <Link href={path} onClick={focusView}>
        {language.t('edit.showCurrent')}
      </Link>
    </p>
  )
}

/** For editors, the link to the form for a citation that supports a record. */
function CiteLink({ resource, record }: { resource: ResourceDescription; record: RecordDocument }) {
  const { t } = useLanguage()
  if (!useRights().write) return null
  return (
    <Link
      class="button no-print"
      href={withQuery('/new/citations', { resource: resource.name, record: String(record[resource.key]) })}
    >
      {t('record.cite')}
    </Link>
  )
}

/**
 * Marks an internal record. A citation is also internal if its source or the record that it supports is internal, whatever its
 * own visibility is.
 */
function RecordTag({
  record: { visibility, sourceDetails, record: supported },
}: {
  record: RecordWithCitations
}) {
  // A reader without a key sees no citation of an internal record.
  const isSignedIn = useSession().session !== undefined
  const path = isSignedIn && supported ? apiRecordPath(supported.resource, supported.id) : null
  const { body } = useApi<RecordDocument>(path && withQuery(path, { fields: 'visibility' }))
  const isInternal = [visibility, sourceDetails?.visibility, body?.visibility].includes('internal')
  return <InternalTag visibility={isInternal ? 'internal' : 'public'} />
}

function Facts({ resource, record }: { resource: ResourceDescription; record: RecordWithCitations }) {
  const { t } = useLanguage()
  const labels = useLabels()
  const citations = record.citations ?? []
  const marks = useMemo(() => citationNumbers(citations), [citations])
  const shown = resource.properties.filter(
    ({ name }) => name !== resource.title && !unlistedProperties.includes(name) && name in record,
  )
  const isKnown = ({ name }: Property) => !isUnset(record[name]) || marks.has(name)
  const unknown = shown.filter((property) => !isKnown(property)).map(({ name }) => labels.property(name))
  return (
    <Widget title={t('record.facts')}>
      <dl class="facts">
        {shown.filter(isKnown).map((property) => (
          <Fact
            key={property.name}
            label={labels.property(property.name)}
            marks={marks.get(property.name) ?? []}
          >
            <Value value={record[property.name]} property={property} names={record.names ?? {}} showsAll />
          </Fact>
        ))}
        {unknown.length > 0 && (
          <Fact label={t('record.unknown')} marks={[]}>
            <span class="soft">{unknown.join(' · ')}</span>
          </Fact>
        )}
      </dl>
    </Widget>
  )
}

function Fact({ label, marks, children }: { label: string; marks: number[]; children: ComponentChildren }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {children}
        <ReferenceMarks kind="citation" numbers={marks} />
      </dd>
    </>
  )
}

/** Returns the numbers of the citations that support each property. */
function citationNumbers(citations: readonly Citation[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>()
  for (const [index, { property }] of citations.entries()) {
    const name = pointedProperty(property)
    if (name !== undefined) numbers.set(name, [...(numbers.get(name) ?? []), index + 1])
  }
  return numbers
}
