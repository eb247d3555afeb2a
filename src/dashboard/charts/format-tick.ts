import { formatYear } from '../dates/edtf-year.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import type { Language } from '../i18n/language.ts'

/** Returns the label of a day on the axis of a timeline: in January the year, otherwise the month. */
export const formatTick = (day: Date, language: Language): string =>
  day.getUTCMonth() === 0
    ? formatEdtf(formatYear(day.getUTCFullYear()), language)
    : new Intl.DateTimeFormat(language.tag, { timeZone: 'UTC', month: 'short' }).format(day)
