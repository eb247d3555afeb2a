import { distance } from 'fastest-levenshtein'

/** A variable that is not a setting, and the setting that was probably meant. */
export interface Mistyped {
  name: string
  setting: string
}

/**
 * Finds variables whose names are one typing mistake away from a setting: one letter more, less or other, or two
 * neighbours exchanged. One other letter makes another word of a short name (HOST and COST), so for those only
 * exchanged letters and a plural count.
 * @example findMistyped(['PROT', 'COST'], ['PORT', 'HOST']) // [{ name: 'PROT', setting: 'PORT' }]
 */
export function findMistyped(names: readonly string[], settings: readonly string[]): Mistyped[] {
  return names
    .filter((name) => !settings.includes(name))
    .flatMap((name) => {
      const setting = settings.find((candidate) => isMistyped(name, candidate))
      return setting ? [{ name, setting }] : []
    })
}

const shortLength = 5

function isMistyped(name: string, setting: string): boolean {
  if (isTransposed(name, setting)) return true
  return setting.length <= shortLength ? name === `${setting}S` : distance(name, setting) === 1
}

/** Whether exchanging two neighbouring letters makes one of the other. */
function isTransposed(name: string, setting: string): boolean {
  if (name.length !== setting.length || name === setting) return false
  const first = [...name].findIndex((letter, index) => letter !== setting[index])
  return `${name.slice(0, first)}${name[first + 1]}${name[first]}${name.slice(first + 2)}` === setting
}
