import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'

/** The day of the data and the URL of the page, visible only in print. @param props `day`: by default today, in UTC. */
export function PrintedAsOf({ day = new Date().toISOString().slice(0, 10) }: { day?: string | undefined }) {
  const language = useLanguage()
  return (
    <p class="print-only">
      {language.t('print.asOf', { day: formatEdtf(day, language), address: location.href })}
    </p>
  )
}
