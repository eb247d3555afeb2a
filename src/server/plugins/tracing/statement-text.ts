/** Maximum length of a statement in a span, in characters. */
const maxTextLength = 4000

/**
 * Describes a statement without its values: the text has placeholders for parameters, and `?` in place of each string. The
 * operation is its first word.
 */
export function describeStatement(text: string): { operation: string; text: string } {
  const [, word = 'statement'] = /^\W*(\w+)/.exec(text) ?? []
  return {
    operation: word.toUpperCase(),
    text: text.slice(0, maxTextLength).replaceAll(/'(?:[^']|'')*(?:'|$)/g, '?'),
  }
}
