/**
 * Returns `begin`, elements separated by commas, and `end`: as many elements as keep the whole text within `maxBytes`. All
 * texts must be ASCII.
 */
export function joinUpTo(
  begin: string,
  element: (index: number) => string,
  end: string,
  maxBytes: number,
): string {
  const elements: string[] = []
  let bytes = begin.length + end.length
  for (let index = 0; ; index += 1) {
    const next = element(index)
    bytes += next.length + 1
    if (bytes > maxBytes) return `${begin}${elements.join(',')}${end}`
    elements.push(next)
  }
}
