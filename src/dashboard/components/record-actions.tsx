import { Link } from 'wouter-preact'
import { apiRecordPath } from '../../view-data.ts'
import { type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { RecordDocument } from '../api/types.ts'
import { writeApi } from '../api/write-api.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRights } from '../session.ts'
import { ConfirmButton } from './confirm-dialog.tsx'

/** The actions of editors and administrators on a record. */
export function RecordActions({
  resource,
  record,
  recordKey,
}: {
  resource: ResourceDescription
  record: RecordDocument
  recordKey: string
}) {
  const { t, tag } = useLanguage()
  const { write, administer } = useRights()
  if (!write) return null
  const path = recordDetailPath(resource.name, recordKey)
  return (
    <>
      <Link class="button primary" href={`${path}/edit`}>
        {t('edit.edit')}
      </Link>
      <ConfirmButton
        label={t('edit.delete')}
        title={t('edit.deleteTitle', { name: titleOf(resource, record, tag) })}
        isDanger
        onConfirm={(headers) =>
          writeApi(apiRecordPath(resource.name, recordKey), {
            method: 'DELETE',
            version: Number(record.version),
            ...headers,
          })
        }
      >
        {t('edit.deleteText')}
      </ConfirmButton>
      <Link class="button" href={`${path}/merge`}>
        {t('merge.open')}
      </Link>
      {administer && (
        <Link class="button" href={`${path}/redact`}>
          {t('redact.open')}
        </Link>
      )}
    </>
  )
}

/** A button that restores a version as a new version: without `version`, the last version of a removed record. */
export function RestoreButton({
  path,
  version,
  current,
  onRestored,
}: {
  /** The path of the record in the API. */
  path: string
  version?: number
  /** The current version number; undefined for a removed record. */
  current: number | undefined
  onRestored?: () => void
}) {
  const { t } = useLanguage()
  return (
    <ConfirmButton
      label={t('edit.restore')}
      {...(version !== undefined && { buttonName: t('edit.restoreVersion', { version }) })}
      title={version === undefined ? t('edit.restoreRemoved') : t('edit.restoreTitle', { version })}
      onConfirm={async (headers) => {
        await writeApi(`${path}/restore`, {
          method: 'POST',
          ...headers,
          body: version === undefined ? {} : { version },
          ...(current !== undefined && { version: current }),
        })
        onRestored?.()
      }}
    >
      {t('edit.restoreText')}
    </ConfirmButton>
  )
}
