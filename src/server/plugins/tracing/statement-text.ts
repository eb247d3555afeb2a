/** Maximum length of a statement in a span, in characters. */
const maxTextLength = 4000

/**
 * Describes a statement for a span.
 * @param text has placeholders of parameters (`$1`), not their values.
 * @returns the operation, which is the first word after block comments, in capitals; and the beginning of the text, with `?`
 * instead of each string.
 */
export function describeStatement(text: string): { operation: string; text: string } {
  const [, word = 'statement'] = /^(?:[^\w/]|\/\*(?:[^*]|\*(?!\/))*\*\/)*(\w+)/.exec(text) ?? []
  return {
    operation: word.toUpperCase(),
    text: text.slice(0, maxTextLength).replaceAll(/'(?:[^']|'')*(?:'|$)/g, '?'),
  }
}
