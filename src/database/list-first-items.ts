/** Maximum number of items that the text has. */
const maxListed = 5

/** Returns the first items as text and, if there are more, the number of the others: `a; b; c; d; e and 3 more`. */
export function listFirstItems(items: readonly string[], separator: string): string {
  const listed = items.slice(0, maxListed)
  const more = items.length > listed.length ? ` and ${items.length - listed.length} more` : ''
  return listed.join(separator) + more
}
