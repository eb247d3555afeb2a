import { capitalize } from '../problems/suggest.ts'
import { type Language, languages } from './languages.ts'

/** A label in each language. */
export type Label = Readonly<Record<Language, string>>

/** The label of a missing or unknown value. */
export const unknownLabel: Label = { en: 'Unknown', zh: '未知' }

/** The label of the group into which an aggregate merges all except the largest groups. */
export const otherLabel: Label = { en: 'Other', zh: '其他' }

/** The labels of the words of all enumerations, and of the names of resources. The declarations of both add theirs. */
const labels = new Map<string, Label>()

/**
 * Adds the label of a word.
 * @throws Error if a language is missing, or if the word has another label, since a word has one label in all enumerations.
 */
export function addLabel(word: string, label: Label | undefined): void {
  // Commands that run the source code do not check types, so a declaration may lack what its type requires.
  const missing = languages.find((language) => !label?.[language])
  if (!label || missing)
    throw new Error(`"${word}" has no label in "${missing}"; give it one in every language`)
  const other = labels.get(word) ?? label
  if (languages.some((language) => other[language] !== label[language]))
    throw new Error(
      `the word "${word}" has the label "${other.en}" (${other.zh}) in another declaration; give it the same label, or choose another word`,
    )
  labels.set(word, label)
}

/**
 * Declares the words of an enumeration with their labels in English and Chinese: `['host', 'Host', '东道方']`. A word that has
 * its label in another declaration is given alone. A word without any label is shown as a phrase in English.
 * @throws Error if there is no word, or if a word has an incomplete label, or another label in another declaration.
 */
export function words<const Word extends string>(
  ...declared: readonly (Word | readonly [word: Word, en: string, zh: string])[]
): [Word, ...Word[]] {
  const [first, ...rest] = declared.map((entry) => {
    if (typeof entry === 'string') return entry
    const [word, en, zh] = entry
    addLabel(word, { en, zh })
    return word
  })
  if (first === undefined) throw new Error('an enumeration needs at least one word')
  return [first, ...rest]
}

/** Returns the label of a word, or undefined if no declaration has one. */
export const findLabel = (word: string): Label | undefined => labels.get(word)

/** Converts a word to a phrase: `ground_station` to "Ground station". */
const humanize = (word: string): string => capitalize(word.replaceAll(/[_-]/g, ' '))

/** Returns the label of a word in a language. For a word without a label, returns the word as a phrase. */
export const wordLabel = (word: string, language: Language): string =>
  findLabel(word)?.[language] ?? humanize(word)
