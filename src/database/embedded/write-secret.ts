import { failure } from '../../operational-error.ts'
import { replaceFile } from '../../replace-file.ts'

/**
 * Writes a file that only its owner may read. The file is replaced atomically: readers find the old or the new text, even after a
 * loss of power.
 * @throws OperationalError that names the file if it cannot be written, as on a full disk. The old file then remains unchanged.
 */
export async function writeSecret(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text, { mode: 0o600, flush: true })
  } catch (error) {
    throw failure(`${file} cannot be written`, error)
  }
}
