import type { ImportJob, ImportRow } from '../api/types.ts'
import { SaveButton } from '../components/file-link.tsx'
import { PagedList } from '../components/paged-list.tsx'
import { RowLocator } from '../components/service-text.tsx'
import { Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'
import { RowFaults } from './row-faults.tsx'
import { RowValues } from './row-values.tsx'

type FaultyColumn = NonNullable<ImportJob['report']>['refusedBy'][number]

/** Maximum number of rows on a page. */
const pageLimit = 20

/** Approximate height of a row, from which the height of the placeholder is computed. */
const rowHeightRem = 2.5

/** The refused rows, or the rows with dropped values: first the number of rows for each column, then the rows. */
export function FaultyRows({
  id,
  which,
  columns,
}: {
  id: string
  which: 'refused' | 'dropped'
  columns: readonly FaultyColumn[]
}) {
  const { t } = useLanguage()
  const rows = Math.max(...columns.map((column) => column.rows))
  return (
    <Widget title={t(`imports.rows.${which}`)} caption={t(`imports.rows.${which}Caption`)}>
      <div class="stack">
        <ColumnTable columns={columns} />
        {which === 'refused' && (
          <div class="toolbar">
            <SaveButton href={`/v1/imports/${id}/rejected.csv`} name="rejected.csv">
              {t('imports.download', { name: 'rejected.csv' })}
            </SaveButton>
          </div>
        )}
        <PagedList<ImportRow>
          path={`/v1/imports/${id}/rows`}
          parameters={{ which, limit: pageLimit }}
          height={`${Math.min(rows, pageLimit) * rowHeightRem}rem`}
        >
          {(faultyRows) => (
            <ul class="preview">
              {faultyRows.map((row) => (
                <li key={row.locator}>
                  <FaultyRow row={row} />
                </li>
              ))}
            </ul>
          )}
        </PagedList>
      </div>
    </Widget>
  )
}

function ColumnTable({ columns }: { columns: readonly FaultyColumn[] }) {
  const { t, number } = useLanguage()
  return (
    <table>
      <caption class="visually-hidden">{t('imports.byColumn')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('imports.column')}</th>
          <th scope="col" class="number">
            {t('imports.count.rows')}
          </th>
          <th scope="col">{t('imports.example')}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ column, rows, example }) => (
          <tr key={column}>
            <th scope="row">{column === '' ? t('imports.wholeRow') : column}</th>
            <td class="number">{number(rows)}</td>
            <td>
              {/* The header of the row names the column already. */}
              <RowFaults faults={[{ ...example, column: '' }]} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function FaultyRow({ row: { locator, values, faults } }: { row: ImportRow }) {
  return (
    <details>
      <summary>
        <span class="soft">
          <RowLocator locator={locator} />
        </span>{' '}
        <RowFaults faults={faults} />
      </summary>
      <RowValues values={values} />
    </details>
  )
}
