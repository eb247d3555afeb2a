import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'

/** Writes a file that only its owner may read. Readers find the old or the new text, never a part. */
export async function writeSecret(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  await writeFile(aside, text, { mode: 0o600 })
  await rename(aside, file)
}
