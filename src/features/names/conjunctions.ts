import { foldName } from './fold.ts'

/**
 * Texts that may name two records, although their words are those of one name: `India and Netherlands` has the words of
 * `Netherlands India`, a former name of Indonesia.
 */

const conjunction = /\b(and|et|y)\b/

/** Whether a name has a conjunction, such as `and` or `&`. */
export const hasConjunction = (name: string): boolean => conjunction.test(foldName(name))

/** Returns a name with `and` for `;` and `+`, which join names. */
export const withConjunctions = (name: string): string => name.replaceAll(/[;+]/g, ' and ')

/** Folds the parts of a name, and keeps the separators between them. A part in brackets equals a part after a comma. */
const foldParts = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/\(([^()]*)\)/g, ',$1')
    .replaceAll(/\p{Pd}/gu, '-')
    .split(/([-,;/|:+、\n])/)
    .map((part) => foldName(part) || part.trim())
    .join('')

/**
 * Whether a text has a name with all its words in the same order and with the same separators, or without separators, as
 * `Government of Austria–Hungary` and `Austria Hungary` have `Austria-Hungary`.
 */
export function hasNameAsWritten(text: string, name: string): boolean {
  const folded = foldParts(text)
  return folded.includes(foldParts(name)) || folded.includes(foldName(name))
}

/** Whether a text is a hyphenated name, apart from conjunctions and punctuation: `Bosnie et Herzégovine` is `Bosnie-Herzégovine`. */
export const isHyphenatedName = (text: string, name: string): boolean =>
  /\p{Pd}/u.test(name) &&
  foldName(text)
    .split(' ')
    .filter((word) => !conjunction.test(word))
    .join(' ') === foldName(name)

const startsOrEndsWithPreposition =
  /^(of|de|du|des|del|do|da)\b|\b(of|de|du|des|del|do|da)( (the|la|les|los|las))?$/

/** Maximum number of words of a text that is divided. No name of a country has as many. */
const maxWords = 20

/** Returns every division of a text into two folded texts, except where a part needs more words, as `United States of` does. */
export function divideText(text: string): [string, string][] {
  const words = foldName(text).split(' ')
  if (words.length > maxWords) return []
  return words
    .slice(1)
    .map((_, index): [string, string] => [
      words.slice(0, index + 1).join(' '),
      words.slice(index + 1).join(' '),
    ])
    .filter((halves) => !halves.some((half) => startsOrEndsWithPreposition.test(half)))
}
