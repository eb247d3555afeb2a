import type { Language, MessageKey } from '../i18n/language.ts'
import { isOpenEnd } from './edtf-span.ts'

/**
 * Formats an EDTF date (level 0 or 1, ISO 8601-2) in its own precision: `2011-04` is "April 2011", `201X` "2010s",
 * `20XX` "2000–2099", `1984?` "1984 (uncertain)", `2011-21` "spring 2011". Years outside 0001 to 9999, such as `Y17000` and
 * `-0043`, and texts that are not dates are returned unchanged.
 */
export function formatEdtf(text: string, language: Language): string {
  const { t } = language
  const [from = '', to] = text.split('/')
  if (to === undefined) return formatPoint(from, language)
  if (isOpenEnd(from) && isOpenEnd(to)) return t('value.unknown')
  if (isOpenEnd(to)) return t('value.since', { from: formatPoint(from, language) })
  if (isOpenEnd(from)) return t('value.until', { to: formatPoint(to, language) })
  return t('value.range', { from: formatPoint(from, language), to: formatPoint(to, language) })
}

function formatPoint(text: string, language: Language): string {
  const [, date = text, qualifier] = /^(.*?)([?~%])?$/.exec(text) ?? []
  const plain = formatDate(date, language)
  if (qualifier === '?') return language.t('value.uncertain', { date: plain })
  if (qualifier === '~') return language.t('value.approximate', { date: plain })
  if (qualifier === '%')
    return language.t('value.uncertain', { date: language.t('value.approximate', { date: plain }) })
  return plain
}

/** The messages of the seasons, which EDTF numbers like months. */
const seasons: ReadonlyMap<string, MessageKey> = new Map([
  ['21', 'value.spring'],
  ['22', 'value.summer'],
  ['23', 'value.autumn'],
  ['24', 'value.winter'],
])

function formatDate(text: string, { tag, t }: Language): string {
  // "1900s" may mean a decade or a century.
  if (/^\d{2}(0X|XX)$/.test(text))
    return t('value.years', { first: text.replaceAll('X', '0'), last: text.replaceAll('X', '9') })
  const decade = /^(\d{3})X$/.exec(text)?.[1]
  if (decade) return t('value.decade', { decade: `${decade}0` })
  // The year 0 does not match: `Intl` would format it as year 1.
  const parts = /^(?!0000)(\d{4})(?:-(\d{2}|XX))?(?:-(\d{2}|XX))?$/.exec(text)
  if (!parts) return text
  const [, year = '', month, day] = parts
  const season = month === undefined ? undefined : seasons.get(month)
  if (season) return day === undefined ? t(season, { year }) : text
  if (month === undefined || month === 'XX') return formatWith(tag, { year: 'numeric' }, year)
  if (day === undefined || day === 'XX')
    return formatWith(tag, { year: 'numeric', month: 'long' }, year, month)
  return formatWith(tag, { year: 'numeric', month: 'long', day: 'numeric' }, year, month, day)
}

function formatWith(
  tag: string,
  options: Intl.DateTimeFormatOptions,
  year: string,
  month?: string,
  day?: string,
): string {
  const date = new Date(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`)
  return Number.isNaN(date.getTime())
    ? [year, month, day].filter((part) => part !== undefined).join('-')
    : new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' }).format(date)
}
