import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'

/** Writes a file that only its owner may read. It is replaced atomically: readers find the old or the new text. */
export async function writeSecret(file: string, text: string): Promise<void> {
  const temporaryFile = `${file}.${randomUUID()}`
  await writeFile(temporaryFile, text, { mode: 0o600 })
  await rename(temporaryFile, file)
}
