import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import type { FileInfo } from '../types.ts'
import {
  countLines,
  type DetectedEncoding,
  detectEncoding,
  endOfCharacters,
  forEachLine,
} from './encoding.ts'
import { unreadableFile } from './unreadable-file.ts'

/**
 * A text file whose encoding is known. Each call reads the file from its start, and throws a Problem for bytes that are invalid
 * in the encoding. In UTF-16 and UTF-32, invalid bytes become U+FFFD.
 */
export interface TextFile {
  encoding: DetectedEncoding
  /** Reads the text in chunks. @param maxBytes maximum number of bytes to read. */
  read(maxBytes?: number): AsyncGenerator<string, void, undefined>
  /** Reads the text for parsers that accept strings and UTF-8 buffers: as buffers if the file is UTF-8. */
  readForParser(): AsyncIterable<string | Buffer>
}

/** Maximum size of the chunks in which a file is read, in bytes. */
const chunkBytes = 128 * 1024

/** Detects the encoding of a text file, and returns how to read it. @throws Problem as `detectEncoding` does. */
export async function detectTextFile(
  path: string,
  { encoding, signal }: { encoding?: string | undefined; signal?: AbortSignal | undefined },
): Promise<TextFile> {
  const detected = await detectEncoding(path, encoding)
  return {
    encoding: detected,
    read: (maxBytes) => readText(path, detected.name, maxBytes, signal),
    readForParser: () =>
      detected.name === 'utf-8'
        ? readUtf8(createReadStream(path, { highWaterMark: chunkBytes, signal }))
        : readText(path, detected.name, undefined, signal),
  }
}

/** Returns what is known about a text file that has no columns. */
export const describeText = (format: FileInfo['format'], { encoding }: TextFile): FileInfo => ({
  format,
  encoding: encoding.name,
  columns: [],
  notes: encoding.notes,
})

/** Returns the problem of a line with bytes that are invalid in the encoding. */
const invalidBytes = (line: number, encoding: string) =>
  unreadableFile(
    `Line ${line} has bytes that ${encoding} does not have: the file mixes encodings, or has another encoding. Convert it to UTF-8, or set rows.encoding in the mapping.`,
  )

/**
 * Yields the bytes of a text in UTF-8. An incomplete character at the end is accepted, since the file may be only the beginning
 * of another one, as for a preview.
 * @throws Problem for other invalid bytes.
 */
async function* readUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let line = 1
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    const end = endOfCharacters(bytes)
    rest = bytes.subarray(end)
    const whole = bytes.subarray(0, end)
    if (!isUtf8(whole)) {
      forEachLine(whole, (inLine) => {
        if (!isUtf8(inLine)) throw invalidBytes(line, 'utf-8')
        line += 1
      })
    }
    line += countLines(whole)
    yield whole
  }
  if (rest.length > 0) yield rest
}

async function* readText(
  path: string,
  encoding: string,
  maxBytes: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  // iconv-lite removes a byte order mark.
  const decoder = iconv.getDecoder(encoding)
  // A text in Unicode may contain U+FFFD. In a text of another encoding, it stands for invalid bytes.
  const isUtf = encoding.startsWith('utf')
  let line = 1
  const check = (text: string) => {
    const index = isUtf ? -1 : text.indexOf('\ufffd')
    if (index === -1) return text
    throw invalidBytes(line + text.slice(0, index).split('\n').length - 1, encoding)
  }
  const stream = createReadStream(path, {
    highWaterMark: chunkBytes,
    signal,
    ...(maxBytes !== undefined && { end: Math.max(0, maxBytes - 1) }),
  })
  for await (const chunk of encoding === 'utf-8' ? readUtf8(stream) : stream) {
    const text = check(decoder.write(chunk))
    if (!isUtf) line += text.split('\n').length - 1
    yield text
  }
  // A sample of `maxBytes` may end within a character, which is ignored.
  const end = decoder.end()
  if (end && maxBytes === undefined) yield check(end)
}
