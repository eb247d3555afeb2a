/** Joins `begin`, as many elements as fit into `bytes`, and `end`. Elements are separated by commas. */
export function fill(begin: string, element: (index: number) => string, end: string, bytes: number): string {
  const elements: string[] = []
  let length = begin.length + end.length
  for (let index = 0; ; index += 1) {
    const next = element(index)
    length += next.length + 1
    if (length > bytes) return `${begin}${elements.join(',')}${end}`
    elements.push(next)
  }
}
