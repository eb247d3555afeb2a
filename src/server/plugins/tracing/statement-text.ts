/** Maximum length of a statement in a span, in characters. */
const maxTextLength = 4000

/**
 * Describes a statement by its operation, which is its first word after block comments, and its text, in which `?` replaces each
 * string. The text has only the placeholders of parameters (`$1`), not their values.
 */
export function describeStatement(text: string): { operation: string; text: string } {
  const [, word = 'statement'] = /^(?:[^\w/]|\/\*(?:[^*]|\*(?!\/))*\*\/)*(\w+)/.exec(text) ?? []
  return {
    operation: word.toUpperCase(),
    text: text.slice(0, maxTextLength).replaceAll(/'(?:[^']|'')*(?:'|$)/g, '?'),
  }
}
