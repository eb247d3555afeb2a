import { Link } from 'wouter-preact'
import { recordDetailPath } from '../api/resources.ts'
import type { ImportedRecord, ImportJob } from '../api/types.ts'
import { PagedList } from '../components/paged-list.tsx'
import { RowLocator } from '../components/service-text.tsx'
import { Widget } from '../components/widget.tsx'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'

/** Maximum number of records on a page. */
const pageLimit = 50

/** Approximate height of a row, from which the height of the placeholder is computed. */
const recordHeightRem = 2.5

/** Approximate height of the table's head. */
const headHeightRem = 2

/** The records of an import, with the action on each. */
export function ImportedRecords({ job: { id, source, counts } }: { job: ImportJob }) {
  const { t } = useLanguage()
  // The source of the import is one of its records, too.
  const recordCount = Math.min(counts.created + counts.changed + counts.unchanged + 1, pageLimit)
  return (
    <Widget title={t('imports.records')} caption={t('imports.recordsCaption')}>
      {source !== null && (
        <p>
          <Link href={recordDetailPath('sources', source)}>{t('imports.source')}</Link>
        </p>
      )}
      <PagedList<ImportedRecord>
        path={`/v1/imports/${id}/records`}
        parameters={{ limit: pageLimit }}
        height={`${recordCount * recordHeightRem + headHeightRem}rem`}
      >
        {(imported) => <RecordTable records={imported} />}
      </PagedList>
    </Widget>
  )
}

function RecordTable({ records }: { records: readonly ImportedRecord[] }) {
  const { t, resourceLabel } = useLanguage()
  const labels = useLabels()
  return (
    <table>
      <caption class="visually-hidden">{t('imports.records')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('imports.record')}</th>
          <th scope="col">{t('imports.place')}</th>
          <th scope="col">{t('imports.done')}</th>
        </tr>
      </thead>
      <tbody>
        {records.map(({ resource, key, name, row, action, kept, undone }) => (
          <tr key={`${resource}${key}`}>
            <th scope="row">
              <Link href={recordDetailPath(resource, key)}>{name ?? t('imports.removedRecord')}</Link>{' '}
              <span class="soft small">{resourceLabel(resource)}</span>
            </th>
            <td>{row === null ? t('imports.noRow') : <RowLocator locator={row} />}</td>
            <td>
              {t(`imports.did.${undone ? 'undone' : action}`)}
              {kept.length > 0 && (
                <span class="soft small">
                  {' '}
                  {t('imports.keptOf', {
                    properties: kept.map((property) => labels.property(property)).join(t('list.comma')),
                  })}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
