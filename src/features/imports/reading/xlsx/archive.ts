import { pipeline, Transform } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { errorMessage } from '../../../../error-message.ts'
import { formatCount } from '../../../../format-count.ts'
import { Problem } from '../../../../problems/problem.ts'
import { unreadableFile } from '../file.ts'
import { readLimits } from '../limits.ts'

/** Maximum number of entries of an archive. An XLSX file has a dozen. */
const maxEntries = 10_000

/** A ZIP archive, whose entries are found by name. */
export interface Archive {
  has(name: string): boolean
  /**
   * Reads the text of an entry, which is in UTF-8, in chunks.
   * @throws Problem if there is no such entry, if it is encrypted or damaged, or if it decompresses to too many bytes.
   */
  read(name: string): AsyncIterable<string>
  close(): void
}

/** Opens a ZIP archive. @throws Problem when it is damaged or cut off, or has too many entries. */
export async function openArchive(path: string): Promise<Archive> {
  let zip: ZipFile | undefined
  const entries = new Map<string, Entry>()
  try {
    zip = await yauzl.openPromise(path, { autoClose: false })
    for await (const entry of zip.eachEntry()) {
      entries.set(entry.fileName, entry)
      if (entries.size > maxEntries)
        throw unreadableFile(
          `The XLSX file has more than ${formatCount(maxEntries)} files. Save the table as CSV.`,
        )
    }
  } catch (error) {
    zip?.close()
    throw toProblem(error)
  }
  return {
    has: (name) => entries.has(name),
    async *read(name) {
      const entry = entries.get(name)
      if (!entry)
        throw unreadableFile(`The XLSX file has no ${name}: it is damaged, or a ZIP file of another kind.`)
      if (entry.isEncrypted())
        throw unreadableFile('The file is protected by a password. Save it without a password.')
      try {
        const limited = limitDecompression(name, entry.compressedSize)
        // Closes the entry when its reader stops early. The reader of `limited` gets any error.
        pipeline(await zip.openReadStreamPromise(entry), limited, () => undefined)
        yield* limited.setEncoding('utf8')
      } catch (error) {
        throw toProblem(error)
      }
    },
    close: () => zip.close(),
  }
}

/** Returns an error that is a problem already; for any other error, the problem that the archive is damaged. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return unreadableFile(
    `The XLSX file is damaged or cut off (${errorMessage(error)}). Open it in a spreadsheet program, and save it again.`,
    error,
  )
}

/** Returns a stream that fails when an entry decompresses to too many bytes. A ZIP bomb has a compression ratio above 1,000. */
function limitDecompression(name: string, compressedSize: number): Transform {
  let size = 0
  const maxBytes = Math.min(
    readLimits.entryBytes,
    readLimits.ratioFreeBytes + compressedSize * readLimits.compressionRatio,
  )
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      if (size <= maxBytes) return done(null, chunk)
      done(
        unreadableFile(
          `${name} in the XLSX file decompresses to more than ${formatCount(maxBytes)} bytes, from ${formatCount(compressedSize)}. Save the table as CSV.`,
        ),
      )
    },
  })
}
