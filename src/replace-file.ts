import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'

/**
 * Writes a file by way of a temporary file beside it, which then replaces it: readers find the old or the new text.
 * @param options `mode`: the permissions of the new file; `flush`: whether the text must be on the disk before it replaces the old.
 * @throws an error of the system. The old file then remains unchanged.
 */
export async function replaceFile(
  file: string,
  text: string,
  options: { mode?: number | undefined; flush?: boolean },
): Promise<void> {
  const temporaryFile = `${file}.${randomUUID()}`
  try {
    await writeFile(temporaryFile, text, options)
    await rename(temporaryFile, file)
  } catch (error) {
    await rm(temporaryFile, { force: true })
    throw error
  }
}
