import type { Random } from './random.ts'

const twoDigits = (value: number) => String(value).padStart(2, '0')

/** The latest year of events that have happened. It is constant, so that a seed produces the same records in every year. */
export const latestYear = 2025

/** The earliest year of events. */
const earliestYear = 1950

/** Chooses a year from `earliestYear` to `latestYear`, later ones more often, as cooperation has grown. */
export const randomYear = (random: Random): number =>
  latestYear - Math.floor((random.between(0, 1000) / 1000) ** 2 * (latestYear - earliestYear))

/**
 * Chooses the date of an event of a year, in EDTF as sources give it: mostly a day, sometimes a month or a year, rarely a
 * decade, an approximate year (`~`) or an uncertain month (`?`).
 */
export function randomDateIn(year: number, random: Random): string {
  const month = `${year}-${twoDigits(random.between(1, 12))}`
  return random.weighted([
    [`${month}-${twoDigits(random.between(1, 28))}`, 70],
    [month, 16],
    [String(year), 9],
    [`${year}~`, 2],
    [`${month}?`, 1],
    [`${String(year).slice(0, 3)}X`, 2],
  ])
}
