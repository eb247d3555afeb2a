import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import { type DetectedEncoding, detectEncoding } from './encoding.ts'
import { unreadableFile } from './unreadable-file.ts'

/** A text file whose encoding is known. Each call reads the file from its start, and throws a Problem for invalid bytes. */
export interface TextFile {
  encoding: DetectedEncoding
  /** Reads the text in chunks. @param byteCount maximum bytes to read. */
  read(byteCount?: number): AsyncGenerator<string, void, undefined>
  /** Reads the text for parsers that accept strings and UTF-8 buffers: as buffers if the file is UTF-8. */
  readUtf8(): AsyncIterable<string | Buffer>
}

/** Maximum size of the chunks in which a file is read, in bytes. */
const chunkBytes = 128 * 1024

/** Detects the encoding of a text file, and returns how to read it. @throws Problem when the encoding cannot be detected. */
export async function detectTextFile(
  path: string,
  { encoding, signal }: { encoding?: string | undefined; signal?: AbortSignal | undefined },
): Promise<TextFile> {
  const detected = await detectEncoding(path, encoding)
  return {
    encoding: detected,
    read: (byteCount) => readText(path, detected.name, byteCount, signal),
    readUtf8: () =>
      detected.name === 'utf-8'
        ? createReadStream(path, { highWaterMark: chunkBytes, signal })
        : readText(path, detected.name, undefined, signal),
  }
}

async function* readText(
  path: string,
  encoding: string,
  byteCount: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  // iconv-lite removes a byte order mark.
  const decoder = iconv.getDecoder(encoding)
  const isUtf = encoding.startsWith('utf')
  let line = 1
  const check = (text: string) => {
    const index = isUtf ? -1 : text.indexOf('\ufffd')
    if (index === -1) return text
    throw unreadableFile(
      `Line ${line + text.slice(0, index).split('\n').length - 1} has bytes that ${encoding} does not have: the file mixes encodings, or has another encoding. Set rows.encoding in the mapping.`,
    )
  }
  const stream = createReadStream(path, {
    highWaterMark: chunkBytes,
    signal,
    ...(byteCount !== undefined && { end: Math.max(0, byteCount - 1) }),
  })
  for await (const chunk of stream) {
    const text = check(decoder.write(chunk))
    if (!isUtf) line += text.split('\n').length - 1
    yield text
  }
  // A sample of `byteCount` bytes may end within a character, which is ignored.
  const end = decoder.end()
  if (end && byteCount === undefined) yield check(end)
}
