import { utcDayOf } from '../dates/day.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLanguage } from '../i18n/language.ts'

/** The day of the data, in UTC, and the URL of the page, visible only in print. @param props `asOf`: a time or a day, by default now. */
export function PrintedAsOf({ asOf = new Date().toISOString() }: { asOf?: string | undefined }) {
  const language = useLanguage()
  return (
    <p class="print-only">
      {language.t('print.asOf', { day: formatEdtf(utcDayOf(asOf), language), address: location.href })}
    </p>
  )
}
