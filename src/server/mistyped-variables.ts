import { distance } from 'fastest-levenshtein'

/**
 * Finds environment variables that are not settings, and the setting that was probably meant: variables whose names are those of a
 * setting in lower case, or are one typing mistake away from a setting: one letter added, missing or replaced, in upper or lower
 * case, or two adjacent letters swapped, in upper case. A replaced letter often turns a short name into another word (HOST and
 * COST), so for short settings only swapped letters and an added S count, in upper case.
 * @example findMistyped(['PROT', 'COST'], ['PORT', 'HOST']) // [{ name: 'PROT', setting: 'PORT' }]
 */
export function findMistyped(names: readonly string[], settings: readonly string[]) {
  return names
    .filter((name) => !settings.includes(name))
    .flatMap((name) => {
      const setting = settings.find((candidate) => isMistyped(name, candidate))
      return setting ? [{ name, setting }] : []
    })
}

/** Maximum length of the name of a short setting, in letters. */
const maxShortLength = 5

function isMistyped(name: string, setting: string): boolean {
  if (isTransposed(name, setting)) return true
  return setting.length <= maxShortLength
    ? name === `${setting}S`
    : distance(name.toUpperCase(), setting) <= 1
}

/** Whether swapping two adjacent letters turns the name into the setting. */
function isTransposed(name: string, setting: string): boolean {
  if (name.length !== setting.length || name === setting) return false
  const first = [...name].findIndex((letter, index) => letter !== setting[index])
  return `${name.slice(0, first)}${name[first + 1]}${name[first]}${name.slice(first + 2)}` === setting
}
