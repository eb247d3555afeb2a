/** The months of each language by their names and abbreviations, in lower case without `optionalSigns`. */
const monthsByLanguage = new Map<string, ReadonlyMap<string, number>>()

/**
 * Dots, and marks that texts may leave out: accents, and the points of Arabic and Hebrew. Other marks tell months apart, such as the
 * vowel sign of Thai `มี.ค.` (March) and `ม.ค.` (January).
 */
const optionalSigns = /(?=\p{M})[\p{sc=Zinh}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}]|\./gu

const normalize = (name: string) => name.normalize('NFD').replaceAll(optionalSigns, '').toLowerCase().trim()

/**
 * Returns the month of a name or abbreviation, from 1; undefined if there is none.
 * @param language BCP 47 tag. English names can always be read.
 */
export function findMonth(name: string, language = 'en'): number | undefined {
  return monthNames(language).get(normalize(name)) ?? monthNames('en').get(normalize(name))
}

function monthNames(language: string): ReadonlyMap<string, number> {
  const cached = monthsByLanguage.get(language)
  if (cached) return cached
  const names = new Map<string, number>()
  for (let month = 1; month <= 12; month += 1) {
    const date = new Date(Date.UTC(2001, month - 1, 15))
    for (const style of ['long', 'short'] as const) {
      // In some languages, the name of a month is in the genitive if a day is beside it.
      for (const options of [{ month: style }, { month: style, day: 'numeric' } as const]) {
        const format = { ...options, timeZone: 'UTC', calendar: 'gregory', numberingSystem: 'latn' }
        const parts = new Intl.DateTimeFormat(language, format).formatToParts(date)
        const name = parts.find(({ type }) => type === 'month')?.value
        if (name !== undefined && !/^\d+$/.test(name)) names.set(normalize(name), month)
      }
    }
    // English also has abbreviations of four letters, such as Sept.
    if (language === 'en')
      names.set(normalize(date.toLocaleString('en', { month: 'long', timeZone: 'UTC' })).slice(0, 4), month)
  }
  monthsByLanguage.set(language, names)
  return names
}
