import { Link } from 'wouter-preact'
import { readApi } from '../api/client.ts'
import { loadForm } from '../api/forms.ts'
import { withQuery } from '../api/path.ts'
import { findResource, type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import type { Names, RecordDocument } from '../api/types.ts'
import { apiRecordPath } from '../api/write-api.ts'
import { AtOwnKey } from '../components/at-own-key.tsx'
import { NeedsRight } from '../components/needs-right.tsx'
import { NotFound } from '../components/not-found.tsx'
import { PageTitle } from '../components/page-title.tsx'
import { ResourceLink } from '../components/resource-link.tsx'
import { Loaded } from '../components/widget.tsx'
import { RecordForm } from '../editing/record-form.tsx'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLanguage } from '../i18n/language.ts'
import '../styles/forms.css'

/** The view that creates a record, or changes the record with the key `id`. */
export default function EditView({ resource: name, id }: { resource: string; id?: string }) {
  const resource = findResource(name)
  if (!resource) return <NotFound />
  return (
    <NeedsRight right="write">
      <Editor resource={resource} id={id} />
    </NeedsRight>
  )
}

function Editor({ resource, id }: { resource: ResourceDescription; id: string | undefined }) {
  const { t, tOr, tag } = useLanguage()
  const state = useLoadOnce(async (signal) => {
    const [fields, record] = await Promise.all([
      loadForm(resource.name),
      id === undefined ? undefined : readRecord(resource, id, tag, signal),
    ])
    return { fields, record }
  })
  const title = tOr(`resource.${resource.name}`, resource.name)
  return (
    <>
      <div class="page-head">
        <div>
          <ResourceLink name={resource.name} />
          <PageTitle title={t(id === undefined ? 'edit.newTitle' : 'edit.title', { resource: title })} />
          <p>{t('edit.lead')}</p>
        </div>
        {id !== undefined && (
          <Link class="button" href={recordDetailPath(resource.name, id)}>
            {t('edit.cancel')}
          </Link>
        )}
      </div>
      <Loaded state={state} height="40rem">
        {({ fields, record: { names = {}, ...record } = {} as RecordWithNames }) => (
          <AtOwnKey resource={resource} record={id === undefined ? undefined : record} id={id} view="/edit">
            <RecordForm
              resource={resource}
              // The key of an existing record cannot be changed.
              fields={id === undefined ? fields : fields.filter(({ name }) => name !== resource.key)}
              initial={
                id === undefined ? undefined : { values: record, version: Number(record.version), key: id }
              }
              recordNames={names}
            />
          </AtOwnKey>
        )}
      </Loaded>
    </>
  )
}

type RecordWithNames = RecordDocument & { names?: Names }

const readRecord = (resource: ResourceDescription, id: string, tag: string, signal: AbortSignal) =>
  readApi<RecordWithNames>(
    withQuery(apiRecordPath(resource.name, id), { include: 'names' }),
    tag,
    signal,
    true,
  )
