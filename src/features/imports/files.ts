import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DatabaseClient } from '../../database/database.ts'
import { line } from '../../model/schemas.ts'
import { checkValue } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import type { LocalFile } from './reading/file.ts'
import type { ImportFile, ImportJob } from './store.ts'
import { withTemporaryFolder } from './temporary-folders.ts'

/** Stores uploaded files in the database until their rows are staged, since another process may read them. */

const mebibyte = 1024 * 1024

/** Size of a stored part of a file, in bytes. */
const partBytes = mebibyte

/** The name of a file becomes part of the title of a source and of the reasons of changes, which have no line breaks. */
const fileNameSchema = line(255)

/**
 * Checks that the name of a file can be written into the title of a source and the reasons of changes.
 * @param location what the faults name: the JSON pointer of the file's part in the request or, on the command line, its path and a
 * colon.
 * @throws Problem `invalid-body`.
 */
export function checkFileName(name: string, location: string): void {
  const { faults } = checkValue(fileNameSchema, name)
  if (!faults) return
  const errors = faults.listed.map((fault) => ({ ...fault, pointer: location }))
  throw new Problem('invalid-body', 'The name of a file cannot be used: rename the file.', { errors })
}

/** Yields the bytes of a stream in parts of `partBytes`; the last one may be shorter. */
async function* inParts(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let buffered: Buffer[] = []
  let bufferedBytes = 0
  for await (const chunk of stream) {
    buffered.push(chunk)
    bufferedBytes += chunk.length
    if (bufferedBytes < partBytes) continue
    const all = Buffer.concat(buffered)
    const whole = all.length - (all.length % partBytes)
    for (let index = 0; index < whole; index += partBytes) yield all.subarray(index, index + partBytes)
    buffered = [all.subarray(whole)]
    bufferedBytes = all.length - whole
  }
  if (bufferedBytes > 0) yield Buffer.concat(buffered)
}

/** Returns the problem of an upload whose import was deleted. */
export const deletedWhileUploading = (): Problem =>
  new Problem('conflict', 'The import was deleted while its files arrived. Send them again.')

/**
 * Stores an uploaded file in parts. The stream is read no faster than the database stores the parts.
 * @param file number of the file: 0 is the file with the rows.
 * @returns the name, size and SHA-256 of the file.
 * @throws Problem `too-large` beyond `maxBytes`, and `conflict` if the import is deleted.
 */
export async function storeFile(
  database: DatabaseClient,
  id: string,
  file: number,
  { name, stream, maxBytes }: { name: string; stream: AsyncIterable<Buffer>; maxBytes: number },
): Promise<ImportFile> {
  const hash = createHash('sha256')
  let bytes = 0
  let part = 0
  for await (const chunk of inParts(stream)) {
    bytes += chunk.length
    if (bytes > maxBytes) {
      const limit = `${Math.floor(maxBytes / mebibyte)} MiB (IMPORT_MB)`
      throw new Problem(
        'too-large',
        `The file ${name} is larger than ${limit}. Use the command "entente import".`,
      )
    }
    hash.update(chunk)
    const values = [id, file, part, chunk]
    const stored = await database.transaction((tx) =>
      tx.query({
        text: `insert into import_files (import, file, part, bytes)
          select id, $2::int, $3::int, $4::bytea from imports where id = $1 and state = 'uploaded' for key share
          returning part`,
        values,
      }),
    )
    if (stored.length === 0) throw deletedWhileUploading()
    part += 1
  }
  return { name, bytes, sha256: hash.digest('hex') }
}

async function* readParts(database: DatabaseClient, id: string, file: number): AsyncGenerator<Buffer> {
  for (let part = 0; ; part += 1) {
    const [row] = await database.read<{ bytes: Buffer }>({
      text: 'select bytes from import_files where import = $1 and file = $2 and part = $3',
      values: [id, file, part],
    })
    if (!row) return
    yield row.bytes
  }
}

/**
 * Writes the stored files of an import to a temporary folder, and removes the folder when `work` has ended. Returns what `work`
 * returns.
 * @throws Problem `not-found` when the files are not stored, such as those of an import on the command line; otherwise as
 *   `withTemporaryFolder` does.
 */
export async function withStoredFiles<T>(
  database: DatabaseClient,
  { id, files }: ImportJob,
  work: (files: LocalFile[]) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const local: LocalFile[] = []
    for (const [index, { name, bytes }] of files.entries()) {
      const path = join(folder, String(index))
      const output = createWriteStream(path)
      await pipeline(Readable.from(readParts(database, id, index)), output)
      if (output.bytesWritten !== bytes) {
        const detail = `The file ${name} is not stored any more. Start the import again.`
        throw new Problem('not-found', detail)
      }
      local.push({ path, name })
    }
    return await work(local)
  })
}
