import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../../error-code.ts'
import { OperatorError } from '../../operator-error.ts'
import { failure } from './failure.ts'

/**
 * Creates a folder and its parents if they do not exist.
 * @throws OperatorError that names the folder and the reason when the folder cannot be created or written.
 */
export async function ensureFolder(folder: string): Promise<void> {
  const summary = `DATA_DIR ${folder} cannot be written`
  try {
    await createFolder(folder, summary)
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw failure(summary, error)
  }
}

/** Does not use `mkdir` with `recursive`, which never returns where no folder can be created, such as in /proc. */
async function createFolder(folder: string, summary: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await isFolder(folder))) return
    if (errorCode(error) !== 'ENOENT') throw error
    const parent = dirname(folder)
    if (await isFolder(parent)) throw new OperatorError(`${summary}: no folder can be created in ${parent}`)
    await createFolder(parent, summary)
    await mkdir(folder)
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
