/** The wording of messages and descriptions. */

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
