import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Problem } from '../../../problems/problem.ts'
import type { LocalFile } from '../reading/file.ts'
import { withTemporaryFolder } from '../temporary-folders.ts'
import type { Upload } from './upload.ts'

/** A part of an upload that is stored on disk. */
export interface LocalPart extends LocalFile {
  field: string
}

/**
 * Writes the parts of an upload to a temporary folder, and removes the folder when `work` has ended. Returns what `work` returns.
 * @param maxBytes maximum total size of the parts.
 * @throws Problem `too-large` beyond `maxBytes`; otherwise as `withTemporaryFolder` does.
 */
export async function withLocalParts<T>(
  upload: Upload,
  maxBytes: number,
  work: (parts: LocalPart[]) => Promise<T>,
): Promise<T> {
  let bytes = 0
  async function* limitBytes(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > maxBytes)
        throw new Problem('too-large', `The parts together have more than ${maxBytes / 2 ** 20} MiB.`)
      yield chunk
    }
  }
  return withTemporaryFolder(async (folder) => {
    const parts: LocalPart[] = []
    for await (const { field, name, stream } of upload) {
      const path = join(folder, String(parts.length))
      await pipeline(Readable.from(limitBytes(stream)), createWriteStream(path))
      parts.push({ field, name, path })
    }
    return await work(parts)
  })
}
