import type { ImportJob } from '../api/types.ts'
import { Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The columns of the file that the mapping does not read. */
export function UnusedColumns({ columns }: { columns: ImportJob['unused'] }) {
  const { t, number } = useLanguage()
  return (
    <Widget title={t('imports.unused')} caption={t('imports.unusedCaption')}>
      <ul class="chips">
        {columns.map(({ column, rows }) => (
          <li key={column} class="tag">
            {column} <span class="soft small">{t('imports.inRows', { count: number(rows) })}</span>
          </li>
        ))}
      </ul>
    </Widget>
  )
}
