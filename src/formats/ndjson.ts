/** Newline-delimited JSON: one value a line, each line ended by LF. */

/**
 * Parses newline-delimited JSON, and yields the values of each chunk together.
 * @param source UTF-8, cut anywhere.
 * @throws SyntaxError for a line that is not JSON.
 */
export async function* parseNdjson(source: AsyncIterable<Buffer>): AsyncGenerator<unknown[]> {
  let rest: Buffer[] = []
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(0x0a)
    if (end < 0) {
      rest.push(chunk)
      continue
    }
    const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString()
    rest = [chunk.subarray(end + 1)]
    yield text.split('\n').map((line): unknown => JSON.parse(line))
  }
  const last = Buffer.concat(rest).toString()
  if (last !== '') yield [JSON.parse(last)]
}
