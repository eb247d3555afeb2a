import type { NameEntry } from './entries.ts'

/**
 * Returns the year of an EDTF date, or of the start of an interval; undefined if there is no year. For unknown digits, it
 * is the middle of the period: 1985 for `198X`.
 */
export function parseYear(date: string | null | undefined): number | undefined {
  const [, sign, year] = /^(-?)(\d{4}|\d{3}X|\d{2}XX)(?!\d)/.exec(date ?? '') ?? []
  if (year === undefined) return undefined
  const number = Number(year.replace('XX', '50').replace('X', '5'))
  return sign === '-' ? -number : number
}

/** Whether a period contains the year. */
export const hasYear = ({ from, to }: { from?: number | undefined; to?: number | undefined }, year: number) =>
  (from ?? -Infinity) <= year && year <= (to ?? Infinity)

/** Returns the period in which the name of an entry means its record: the name's own period, or that of the record. */
const getPeriod = ({ from, to, record }: NameEntry) => ({ from: from ?? record.from, to: to ?? record.to })

/**
 * Returns the entries that a name means in a year: those whose period contains it. If some of these entries have a first and
 * a last year of their own, or mean something else at other times, only these count. Without a year, or if no period
 * contains it: all entries except names that mean something else at other times.
 */
export function entriesIn(year: number | undefined, entries: readonly NameEntry[]): readonly NameEntry[] {
  if (year === undefined) return entries.filter(({ isOnlyInPeriod }) => !isOnlyInPeriod)
  const valid = entries.filter((entry) => hasYear(getPeriod(entry), year))
  const dated = valid.filter(
    ({ from, to, isOnlyInPeriod }) => isOnlyInPeriod || (from !== undefined && to !== undefined),
  )
  if (dated.length > 0) return dated
  return valid.length > 0 ? valid : entries.filter(({ isOnlyInPeriod }) => !isOnlyInPeriod)
}
