import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

/**
 * Writes Brotli and gzip versions of the text files of the build beside them, so that the service does not compress each
 * response:
 *
 *     node --import tsx src/dashboard/build/compress.ts FOLDER
 */

const encoders = { br: promisify(brotliCompress), gz: promisify(gzip) }

/** Smaller files fit in one packet without compression. */
const minBytes = 1024

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: compress.ts FOLDER')

for (const name of await readdir(folder, { recursive: true })) {
  const path = join(folder, name)
  if (!/\.(js|css|html|json|svg)$/.test(name) || (await stat(path)).size < minBytes) continue
  const content = await readFile(path)
  for (const [extension, encode] of Object.entries(encoders)) {
    await writeFile(`${path}.${extension}`, await encode(content))
  }
}
