import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import { type DetectedEncoding, detectEncoding } from './encoding.ts'
import { unreadableFile } from './unreadable-file.ts'

/**
 * A text file whose encoding is known. Each call reads the file from its start. Invalid bytes become U+FFFD in an encoding of
 * Unicode (`utf-…`). In any other encoding, a call throws a Problem for them.
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
        ? createReadStream(path, { highWaterMark: chunkBytes, signal })
        : readText(path, detected.name, undefined, signal),
  }
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
    throw unreadableFile(
      `Line ${line + text.slice(0, index).split('\n').length - 1} has bytes that ${encoding} does not have: the file mixes encodings, or has another encoding. Set rows.encoding in the mapping.`,
    )
  }
  const stream = createReadStream(path, {
    highWaterMark: chunkBytes,
    signal,
    ...(maxBytes !== undefined && { end: Math.max(0, maxBytes - 1) }),
  })
  for await (const chunk of stream) {
    const text = check(decoder.write(chunk))
    if (!isUtf) line += text.split('\n').length - 1
    yield text
  }
  // A sample of `maxBytes` may end within a character, which is ignored.
  const end = decoder.end()
  if (end && maxBytes === undefined) yield check(end)
}
