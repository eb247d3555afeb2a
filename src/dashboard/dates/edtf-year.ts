/** The largest year in the periods of charts, which have years of at most four digits. */
const maxYear = 9999

/**
 * Returns the year that an EDTF year means, such as -43 for `-0043`. A year of more than four digits becomes 9999 or -9999:
 * `Y17000` is 9999. Returns undefined for any other text.
 */
export function parseYear(text: string): number | undefined {
  const [, digits] = /^(-?\d{4}|Y-?\d{5,})$/.exec(text) ?? []
  if (digits === undefined) return undefined
  return Math.max(-maxYear, Math.min(maxYear, Number(digits.replace('Y', ''))))
}

/** Returns a year of at most four digits as EDTF: `0099` for 99, `-0043` for -43. */
export const formatYear = (year: number): string =>
  `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`
