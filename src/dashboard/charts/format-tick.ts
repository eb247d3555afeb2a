import { formatYear } from '../dates/edtf-year.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import type { Language } from '../i18n/language.ts'

/** Space that each tick on the axis of a timeline gets, in pixels. */
export const tickWidth = 90

/** Returns the `text-anchor` that keeps the label of a tick inside the chart. */
export const anchorAt = (x: number, width: number): 'start' | 'middle' | 'end' =>
  x < tickWidth / 3 ? 'start' : x > width - tickWidth / 3 ? 'end' : 'middle'

/** Returns the label of a day on the axis of a timeline: in January the year, otherwise the month. */
export const formatTick = (day: Date, language: Language): string =>
  day.getUTCMonth() === 0
    ? formatEdtf(formatYear(day.getUTCFullYear()), language)
    : new Intl.DateTimeFormat(language.tag, { timeZone: 'UTC', month: 'short' }).format(day)
