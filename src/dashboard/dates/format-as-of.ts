import type { Language } from '../i18n/language.ts'
import { endOfUtcDay } from './day.ts'
import { formatEdtf } from './format-edtf.ts'

/**
 * Formats the time as of which the registry is shown. The end of a UTC day becomes this day. Any other time is in UTC, so that
 * its day is the one that the date inputs of the page show. Returns any other text unchanged.
 */
export function formatAsOf(iso: string, language: Language): string {
  const day = iso.slice(0, 10)
  if (iso === endOfUtcDay(day)) return formatEdtf(day, language)
  const time = Date.parse(iso)
  if (Number.isNaN(time)) return iso
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(language.tag, style).format(time)} UTC`
}
