import type { ImportRow } from '../api/types.ts'
import { ServiceText } from '../components/service-text.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The faults of a row, each with its column, value, message and suggested value. */
export function RowFaults({ faults }: { faults: ImportRow['faults'] }) {
  const { t } = useLanguage()
  if (faults.length === 0) return null
  return (
    <ul class="row-faults">
      {faults.map(({ column, value, detail, suggestion }) => (
        <li key={`${column}${detail}`}>
          {column !== '' && <strong>{column}</strong>}{' '}
          {value !== '' && !detail.includes(value) && <q>{value}</q>} <ServiceText text={detail} />
          {suggestion !== undefined && !detail.includes(suggestion) && (
            <> · {t('imports.suggestion', { suggestion })}</>
          )}
        </li>
      ))}
    </ul>
  )
}
