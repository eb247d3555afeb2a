import { closest, distance } from 'fastest-levenshtein'

/** Returns the sort key that a key with a direction means: `-signedOn` for `signedOn desc`. Returns other words unchanged. */
function toSortKey(word: string): string {
  const [, key, direction] = /^(\w+)[ :](asc|desc)$/i.exec(word) ?? []
  if (key === undefined) return word
  return direction?.toLowerCase() === 'desc' ? `-${key}` : key
}

/**
 * Returns the known word most similar to a mistyped one, or undefined if none is similar or the mistyped one has more than 100
 * characters. A word that differs only in case, `_` and `-` is preferred.
 * @example suggest('stauts', ['status', 'kind']) // 'status'
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || word.length > 100) return undefined
  const sortKey = toSortKey(word)
  if (known.includes(sortKey)) return sortKey
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, '')
  const plainWord = plain(word)
  const sameLetters = known.find((candidate) => plain(candidate) === plainWord)
  if (sameLetters) return sameLetters
  const nearest = closest(word, [...known])
  return distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, Math.floor(nearest.length * 0.4))
    ? nearest
    : undefined
}

/**
 * Returns the end of a message about an unknown word: the most similar known word, or else all known words if there are at
 * most 20.
 * @example didYouMean('stauts', ['status', 'kind']) // '; did you mean "status"?'
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = suggest(word, known)
  if (nearest) return `; did you mean "${nearest}"?`
  return itCanBe(known)
}

/** Returns the end of a message that lists all known words if there are at most 20. */
export const itCanBe = (known: readonly string[]): string =>
  known.length > 0 && known.length <= 20 ? `; it can be ${quoteList(known)}` : ''

/**
 * Returns a sentence about an unknown word, which ends as `didYouMean` says.
 * @param beginning the sentence without its end.
 * @example didYouMeanSentence('There is no sheet "x"', 'x', ['a']) // 'There is no sheet "x"; it can be "a".'
 */
export function didYouMeanSentence(beginning: string, word: string, known: readonly string[]): string {
  return toSentence(`${beginning}${didYouMean(word, known)}`)
}

/** Returns a text with its first letter in upper case. */
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Ends a text with a full stop, unless it already ends with one or, like the questions of `didYouMean`, with a question mark. */
export const toSentence = (text: string): string => (/[.?]$/.test(text) ? text : `${text}.`)

/** Returns words in quotes, separated by commas. */
export function quoteList(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ')
}

/**
 * Returns a noun with its indefinite article.
 * @example aNoun('agreement') // 'an agreement'
 */
export const aNoun = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
