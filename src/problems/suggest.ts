import { closest, distance } from 'fastest-levenshtein'
import { quoteList, toSentence } from '../wording.ts'

/**
 * Returns a word in lower case and without separators: `signedOn__gte` and `signedOn[gte]` both become `signedongte`. A sign in
 * front, as in `-signedOn`, stays.
 */
export const withoutSeparators = (word: string): string =>
  word.toLowerCase().replaceAll(/(?<=.)[-_.:[\]]/g, '')

/** Lists of known words without separators. A request may have many unknown words, which are compared with the same list. */
const plainLists = new WeakMap<readonly string[], string[]>()

/**
 * Returns the known word most similar to a mistyped one, or undefined if none is similar or the mistyped one has more than 100
 * characters. Case and separators (`withoutSeparators`) are ignored.
 * @example suggest('stauts', ['status', 'kind']) // 'status'
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || word.length > 100) return undefined
  const plainKnown = plainLists.get(known) ?? known.map(withoutSeparators)
  plainLists.set(known, plainKnown)
  const plain = withoutSeparators(word)
  const nearest = closest(plain, plainKnown)
  return distance(plain, nearest) <= Math.max(1, Math.floor(nearest.length * 0.4))
    ? known[plainKnown.indexOf(nearest)]
    : undefined
}

/** Maximum number of known words that a message lists: more than the properties or dimensions of the largest resource. */
const maxListedWords = 40

/**
 * Returns the end of a message about an unknown word: the most similar known word, or else a list of words unless there are too
 * many.
 * @param listed the words to list; the known ones when left out.
 * @example didYouMean('stauts', ['status', 'kind']) // '; did you mean "status"?'
 */
export function didYouMean(word: string, known: readonly string[], listed = known): string {
  const nearest = suggest(word, known)
  if (nearest) return `; did you mean "${nearest}"?`
  return itCanBe(listed)
}

/** Returns the end of a message that lists all known words, unless there are too many. */
export const itCanBe = (known: readonly string[]): string =>
  known.length > 0 && known.length <= maxListedWords ? `; it can be ${quoteList(known)}` : ''

/**
 * Returns a sentence about an unknown word, which ends as `didYouMean` says.
 * @param beginning the sentence without its end.
 * @example didYouMeanSentence('There is no sheet "x"', 'x', ['a']) // 'There is no sheet "x"; it can be "a".'
 */
export function didYouMeanSentence(beginning: string, word: string, known: readonly string[]): string {
  return toSentence(`${beginning}${didYouMean(word, known)}`)
}
