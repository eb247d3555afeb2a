import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { apiRecordPath } from '../../view-data.ts'
import { readApi } from '../api/client.ts'
import { findResource, type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { RecordDocument } from '../api/types.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { RedirectIfMerged } from '../components/redirect-if-merged.tsx'
import { RemovedRecord } from '../components/removed-record.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { ResourceLink } from '../components/resource-link.tsx'
import { Loaded } from '../components/widget.tsx'
import { FaultsContext, groupByPointer } from '../editing/faults.ts'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLanguage } from '../i18n/language.ts'
import { MergeForm } from '../merging/merge-form.tsx'
import { RemainingField } from '../merging/remaining-field.tsx'
import { SimilarRecords } from '../merging/similar-records.tsx'
import { useFocusResults } from '../use-focus-results.ts'
import { useParameters } from '../use-parameters.ts'
import '../styles/forms.css'

/** The view that merges a record into another record of its resource. The URL has the key of the other record as `into`. */
export default function MergeView({ resource: name, recordKey }: { resource: string; recordKey: string }) {
  const resource = findResource(name)
  if (!resource) return <NotFound />
  return (
    <RequireRight right="write">
      <Merger resource={resource} recordKey={recordKey} />
    </RequireRight>
  )
}

function Merger({ resource, recordKey }: { resource: ResourceDescription; recordKey: string }) {
  const { t, tag } = useLanguage()
  const state = useLoadOnce((signal) =>
    readApi<RecordDocument>(apiRecordPath(resource.name, recordKey), tag, signal, true),
  )
  if (state.error?.status === 404) return <RemovedRecord resource={resource} recordKey={recordKey} />
  return (
    <>
      <PageHead
        above={<ResourceLink resource={resource.name} />}
        title={
          state.error
            ? t('merge.open')
            : state.body && t('merge.title', { name: titleOf(resource, state.body, tag) })
        }
        actions={
          <>
            <Link class="button" href={`/duplicates/${resource.name}`}>
              {t('duplicates.open')}
            </Link>
            <Link class="button" href={recordDetailPath(resource.name, recordKey)}>
              {t('edit.cancel')}
            </Link>
          </>
        }
      >
        <p>{t('merge.lead')}</p>
      </PageHead>
      <Loaded state={state} height="20rem">
        {(record) => (
          <RedirectIfMerged resource={resource} record={record} recordKey={recordKey} view="/merge">
            <Choice resource={resource} record={record} recordKey={recordKey} />
          </RedirectIfMerged>
        )}
      </Loaded>
    </>
  )
}

/** The choice of the record that stays, and then the form that merges the record of the view into it. */
function Choice({
  resource,
  record,
  recordKey,
}: {
  resource: ResourceDescription
  record: RecordDocument
  recordKey: string
}) {
  const [parameters, change] = useParameters()
  const { resultsRef, focusResults } = useFocusResults()
  // Kept here, since choosing another record replaces the form (`key`).
  const [reason, setReason] = useState('')
  const into = parameters.get('into') ?? undefined
  const choose = (key: string | undefined) => {
    change({ into: key })
    focusResults()
  }
  const itself = { pointer: '/into', code: 'itself', message: 'is the record itself' }
  return (
    <section ref={resultsRef} tabIndex={-1}>
      {into === undefined || into === recordKey ? (
        <div class="widget stack">
          <SimilarRecords resource={resource} record={record} onChoose={choose} />
          <FaultsContext.Provider value={groupByPointer(into === undefined ? [] : [itself])}>
            <RemainingField resource={resource} onChange={choose} />
          </FaultsContext.Provider>
        </div>
      ) : (
        <MergeForm
          key={into}
          resource={resource}
          from={recordKey}
          into={into}
          onChoose={choose}
          reason={reason}
          onReason={setReason}
        />
      )}
    </section>
  )
}
