import { SaveButton } from '../components/file-link.tsx'
import { Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'

/** The number of records that earlier files of the register had and this file lacks, with a download of their list. */
export function MissingRecords({ id, count }: { id: string; count: number }) {
  const { t, number } = useLanguage()
  return (
    <Widget title={t('imports.missing')} caption={t('imports.missingCaption')}>
      <div class="toolbar">
        <span>{t('imports.missingCount', { count: number(count) })}</span>
        <SaveButton href={`/v1/imports/${id}/missing.csv`} name="missing.csv">
          {t('imports.download', { name: 'missing.csv' })}
        </SaveButton>
      </div>
    </Widget>
  )
}
