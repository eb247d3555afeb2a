import { distance } from 'fastest-levenshtein'

/**
 * Finds environment variables that are not settings but look like one, each with the setting that was probably meant. A name in upper case
 * looks like a setting of any length if two adjacent letters of it are swapped, and like a short setting if an S was added. A name in upper
 * or lower case looks like a long setting if at most one letter was added, is missing or was replaced. Other mistakes in short names do not
 * count, since one replaced letter often makes another word (HOST and COST).
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
