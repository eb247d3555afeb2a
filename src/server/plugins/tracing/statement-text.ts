/** Maximum length of a statement in a span, in characters. */
const maxTextLength = 4000

/**
 * Describes a statement without its values: its text has placeholders for parameters, and `?` instead of each string. The
 * operation is the first word of the statement.
 */
export function describeStatement(text: string): { operation: string; text: string } {
  const [, word = 'statement'] = /^\W*(\w+)/.exec(text) ?? []
  return {
    operation: word.toUpperCase(),
    text: text.slice(0, maxTextLength).replaceAll(/'(?:[^']|'')*(?:'|$)/g, '?'),
  }
}
