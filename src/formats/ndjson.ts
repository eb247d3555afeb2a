import { startSlices } from '../time-slice.ts'

/** Newline-delimited JSON: one value a line, each line ended by LF. */

/** Maximum number of values that are yielded together. */
const batchSize = 100

/**
 * Parses newline-delimited JSON, in slices with what is done with the values, and yields up to 100 of them together.
 * PostgreSQL sends megabytes at a time, and each value may take a tenth of a millisecond.
 * @param source UTF-8, cut anywhere.
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
