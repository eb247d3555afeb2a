import { startSlices } from '../time-slice.ts'

/** Parses newline-delimited JSON: one value per line, with LF between the lines. */

/** Maximum number of values in a yielded batch. */
const batchSize = 100

/**
 * Parses newline-delimited JSON, and yields the values in batches. Parsing, and the caller's work on the values, runs in
 * time slices: a chunk from PostgreSQL may have megabytes, and each value may take a tenth of a millisecond.
 * @param source UTF-8, in chunks with any boundaries.
 * @throws SyntaxError for a line that is not JSON.
 */
export async function* parseNdjson(source: AsyncIterable<Buffer>): AsyncGenerator<unknown[]> {
  let rest: Buffer[] = []
  const pause = startSlices()
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(0x0a)
    if (end < 0) {
      rest.push(chunk)
      continue
    }
    const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString()
    rest = [chunk.subarray(end + 1)]
    const lines = text.split('\n')
    for (let index = 0; index < lines.length; index += batchSize) {
      yield lines.slice(index, index + batchSize).map((line): unknown => JSON.parse(line))
      await pause()
    }
  }
  const last = Buffer.concat(rest).toString()
  if (last !== '') yield [JSON.parse(last)]
}
