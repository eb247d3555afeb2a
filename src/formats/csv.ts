const quote = 0x22
const newline = 0x0a
const carriageReturn = 0x0d

/**
 * Replaces LF with CRLF at the ends of rows, as RFC 4180 requires. Line breaks inside quoted cells stay.
 * @param source CSV with LF at the ends of rows and `"` around cells that need it, in chunks of any size.
 */
export async function* withCrlf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let quoted = false
  for await (const chunk of source) {
    // The output is at most twice as long: if every byte is a line break.
    const out = Buffer.allocUnsafe(chunk.length * 2)
    let length = 0
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0
      // A doubled quote inside a quoted cell toggles the state twice.
      if (byte === quote) quoted = !quoted
      if (byte === newline && !quoted) {
        out[length] = carriageReturn
        length += 1
      }
      out[length] = byte
      length += 1
    }
    yield out.subarray(0, length)
  }
}
