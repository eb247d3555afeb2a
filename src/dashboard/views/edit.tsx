import { Link } from 'wouter-preact'
import { useSearch } from 'wouter-preact/use-browser-location'
import { apiRecordPath } from '../../view-data.ts'
import { readApi } from '../api/client.ts'
import { loadForm } from '../api/forms.ts'
import { withQuery } from '../api/path.ts'
import { findResource, type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf, titleProperties } from '../api/titles.ts'
import type { Names, RecordDocument } from '../api/types.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { RedirectIfMerged } from '../components/redirect-if-merged.tsx'
import { RemovedRecord } from '../components/removed-record.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { ResourceLink } from '../components/resource-link.tsx'
import { Loaded } from '../components/widget.tsx'
import type { FormValues } from '../editing/form-values.ts'
import { RecordForm } from '../editing/record-form.tsx'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLanguage } from '../i18n/language.ts'
import '../styles/forms.css'

/** The view that creates a record or, with `recordKey`, changes one. */
export default function EditView({ resource: name, recordKey }: { resource: string; recordKey?: string }) {
  const resource = findResource(name)
  if (!resource) return <NotFound />
  return (
    <RequireRight right="write">
      <Editor resource={resource} recordKey={recordKey} />
    </RequireRight>
  )
}

function Editor({ resource, recordKey }: { resource: ResourceDescription; recordKey: string | undefined }) {
  const { t, tag, resourceLabel } = useLanguage()
  const parameters = new URLSearchParams(useSearch())
  // The record that a new citation is to support, if the URL names one.
  const supportedKey = parameters.get('record') ?? ''
  const supportedResource =
    resource.name === 'citations' && supportedKey !== ''
      ? findResource(parameters.get('resource') ?? '')
      : undefined
  const state = useLoadOnce(async (signal) => {
    const [fields, record, citation] = await Promise.all([
      loadForm(resource.name),
      recordKey === undefined ? undefined : readRecord(resource, recordKey, tag, signal),
      recordKey === undefined && supportedResource
        ? presetCitation(supportedResource, supportedKey, tag, signal)
        : undefined,
    ])
    return { fields, record, citation }
  })
  if (recordKey !== undefined && state.error?.status === 404)
    return <RemovedRecord resource={resource} recordKey={recordKey} />
  return (
    <>
      <PageHead
        above={<ResourceLink resource={resource.name} />}
        title={
          recordKey === undefined
            ? t('edit.newTitle', { resource: resourceLabel(resource.name) })
            : state.error
              ? t('edit.edit')
              : state.body?.record && t('edit.title', { name: titleOf(resource, state.body.record, tag) })
        }
        actions={
          recordKey !== undefined && (
            <Link class="button" href={recordDetailPath(resource.name, recordKey)}>
              {t('edit.cancel')}
            </Link>
          )
        }
      >
        <p>{t('edit.lead')}</p>
      </PageHead>
      <Loaded state={state} height="40rem">
        {({ fields, record: loaded, citation }) => {
          const { names = {}, ...record }: RecordWithNames = loaded ?? {}
          return (
            <RedirectIfMerged
              resource={resource}
              record={recordKey === undefined ? undefined : record}
              recordKey={recordKey}
              view="/edit"
            >
              <RecordForm
                resource={resource}
                // The key of an existing record cannot be changed.
                fields={recordKey === undefined ? fields : fields.filter(({ name }) => name !== resource.key)}
                initial={
                  recordKey === undefined
                    ? undefined
                    : { values: record, version: Number(record.version), key: recordKey }
                }
                {...(citation && { preset: citation.values })}
                recordNames={citation?.names ?? names}
              />
            </RedirectIfMerged>
          )
        }}
      </Loaded>
    </>
  )
}

type RecordWithNames = RecordDocument & { names?: Names }

const readRecord = (resource: ResourceDescription, recordKey: string, tag: string, signal: AbortSignal) =>
  readApi<RecordWithNames>(
    withQuery(apiRecordPath(resource.name, recordKey), { include: 'names' }),
    tag,
    signal,
    true,
  )

/** Returns the values with which the form of a new citation opens, for the record that it supports, and the record's name. */
async function presetCitation(
  supportedResource: ResourceDescription,
  key: string,
  tag: string,
  signal: AbortSignal,
): Promise<{ values: FormValues; names: Names }> {
  const record = await readApi<RecordDocument>(
    withQuery(apiRecordPath(supportedResource.name, key), {
      fields: titleProperties(supportedResource, tag),
    }),
    tag,
    signal,
    true,
  )
  // The key of a merged record leads to the record that stays.
  const id = String(record[supportedResource.key])
  return {
    values: { record: { resource: supportedResource.name, id } },
    names: { [supportedResource.name]: { [id]: titleOf(supportedResource, record, tag) } },
  }
}
