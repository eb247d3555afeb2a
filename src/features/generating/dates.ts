import type { Random } from './random.ts'

const two = (value: number) => String(value).padStart(2, '0')

/** A year: cooperation has grown, so later ones are more frequent. */
export const someYear = (random: Random): number =>
  2025 - Math.floor((random.between(0, 1000) / 1000) ** 2 * 75)

/** A date in a year as sources would give it, in EDTF: mostly a day, sometimes a month, a year or less. */
export function dateIn(year: number, random: Random): string {
  const month = `${year}-${two(random.between(1, 12))}`
  return random.weighted([
    [`${month}-${two(random.between(1, 28))}`, 70],
    [month, 16],
    [String(year), 9],
    [`${year}~`, 2],
    [`${month}?`, 1],
    [`${String(year).slice(0, 3)}X`, 2],
  ])
}
