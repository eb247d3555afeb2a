import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../../error-code.ts'
import { StartupError } from '../../startup-error.ts'
import { failure } from './failure.ts'

/**
 * Makes a folder, with those above it, where there is none.
 * Throws a StartupError that names the folder and the reason when it cannot be made or written.
 */
export async function ensureFolder(folder: string): Promise<void> {
  const problem = `DATA_DIR ${folder} cannot be written`
  try {
    await makeFolder(folder, problem)
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw failure(problem, error)
  }
}

/** `mkdir` with `recursive` never returns where a file system makes no folders, as in /proc. */
async function makeFolder(folder: string, problem: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await isFolder(folder))) return
    if (errorCode(error) !== 'ENOENT') throw error
    const parent = dirname(folder)
    if (await isFolder(parent)) throw new StartupError(`${problem}: no folder can be made in ${parent}`)
    await makeFolder(parent, problem)
    await mkdir(folder)
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
