import { useLanguage } from '../i18n/language.ts'

/** Buttons to the first and the next page of a list. */
export function Pager({
  cursor,
  next,
  onChange,
}: {
  /** The cursor of the current page; undefined for the first page. */
  cursor: string | undefined
  next: string | null
  onChange: (cursor: string | undefined) => void
}) {
  const { t } = useLanguage()
  if (cursor === undefined && next === null) return null
  return (
    <div class="toolbar pages">
      {cursor !== undefined && (
        <button type="button" onClick={() => onChange(undefined)}>
          {t('explore.first')}
        </button>
      )}
      {next !== null && (
        <button type="button" onClick={() => onChange(next)}>
          {t('explore.next')}
        </button>
      )}
    </div>
  )
}
