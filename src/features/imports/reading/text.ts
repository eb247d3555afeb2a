import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import type { FileFormat, FileInfo } from '../types.ts'
import {
  countLines,
  type DetectedEncoding,
  detectEncoding,
  endOfCharacters,
  forEachLine,
} from './encoding.ts'
import { type FileToRead, unreadableFile } from './file.ts'

/**
 * A text file whose encoding is known. Each call reads the file from its start, and throws a Problem for bytes that are invalid
 * in the encoding, with two exceptions: in UTF-16 and UTF-32, invalid bytes become U+FFFD; of a file that may be cut off
 * (`mayBeCut`), and of a part of a file (`maxBytes`), an incomplete character at the end is left out.
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

/** Yields the bytes of a file. Opens the file when the first chunk is read, so a file that nobody reads is not left open. */
async function* readChunks(
  path: string,
  signal: AbortSignal | undefined,
  maxBytes?: number,
): AsyncGenerator<Buffer, void, undefined> {
  yield* createReadStream(path, {
    highWaterMark: chunkBytes,
    signal,
    ...(maxBytes !== undefined && { end: Math.max(0, maxBytes - 1) }),
  })
}

/**
 * Opens a text file: detects its encoding, unless it is stated. @throws Problem as `detectEncoding` does.
 * @param declared name of the encoding in the file, if it has one. The encoding in the mapping takes precedence.
 */
export async function openTextFile(file: FileToRead, declared?: string): Promise<TextFile> {
  const { path, mayBeCut = false, signal } = file
  const detected = await detectEncoding(file, declared)
  const read = (maxBytes?: number) =>
    readText(readChunks(path, signal, maxBytes), detected.name, mayBeCut || maxBytes !== undefined)
  return {
    encoding: detected,
    read,
    readForParser: () => (detected.name === 'utf-8' ? readUtf8(readChunks(path, signal), mayBeCut) : read()),
  }
}

/** Returns what is known about a text file that has no columns. */
export const describeText = (format: FileFormat, { encoding }: TextFile): FileInfo => ({
  format,
  encoding: encoding.name,
  columns: [],
  notes: encoding.notes,
})

/** Returns the problem of a line with bytes that are invalid in the encoding. */
const invalidBytes = (line: number, encoding: string) =>
  unreadableFile(
    `Line ${line} has bytes that are invalid in ${encoding}: the file is cut off, mixes encodings, or has another encoding. Convert it to UTF-8, or set rows.encoding in the mapping.`,
  )

/**
 * Yields the bytes of a text in UTF-8.
 * @param mayBeCut whether an incomplete character at the end is left out.
 * @throws Problem for other invalid bytes.
 */
async function* readUtf8(
  chunks: AsyncIterable<Buffer>,
  mayBeCut: boolean,
): AsyncGenerator<Buffer, void, undefined> {
  let line = 1
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    const end = endOfCharacters(bytes)
    rest = bytes.subarray(end)
    const whole = bytes.subarray(0, end)
    if (!isUtf8(whole)) {
      forEachLine(whole, (lineBytes) => {
        if (!isUtf8(lineBytes)) throw invalidBytes(line, 'utf-8')
        line += 1
      })
    }
    line += countLines(whole)
    yield whole
  }
  if (rest.length > 0 && !mayBeCut) throw invalidBytes(line, 'utf-8')
}

async function* readText(
  stream: AsyncIterable<Buffer>,
  encoding: string,
  mayBeCut: boolean,
): AsyncGenerator<string, void, undefined> {
  // iconv-lite removes a byte order mark.
  const decoder = iconv.getDecoder(encoding)
  // A text in Unicode may contain U+FFFD. In a text of another encoding, U+FFFD stands for invalid bytes: gb18030 can encode it,
  // but texts do not have it.
  const isUtf = encoding.startsWith('utf')
  let line = 1
  const check = (text: string) => {
    const index = isUtf ? -1 : text.indexOf('\ufffd')
    if (index === -1) return text
    throw invalidBytes(line + text.slice(0, index).split('\n').length - 1, encoding)
  }
  for await (const chunk of encoding === 'utf-8' ? readUtf8(stream, mayBeCut) : stream) {
    const text = check(decoder.write(chunk))
    if (!isUtf) line += text.split('\n').length - 1
    yield text
  }
  const end = decoder.end()
  if (end && !mayBeCut) yield check(end)
}
