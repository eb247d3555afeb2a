import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../../error-code.ts'
import { failure, OperationalError } from '../../operational-error.ts'

/**
 * Creates the folder `DATA_DIR` and its parents if they do not exist.
 * @throws OperationalError that names the folder and the reason when the folder cannot be created or written.
 */
export async function ensureDataDir(folder: string): Promise<void> {
  const summary = `DATA_DIR ${folder} cannot be written`
  try {
    await createFolder(folder, summary)
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw failure(summary, error)
  }
}

/**
 * Creates a folder and its missing parents, also while another process creates them. Does not use `mkdir` with `recursive`,
 * which never returns where no folder can be created, such as in /proc.
 */
async function createFolder(folder: string, summary: string): Promise<void> {
  if (await createOne(folder)) return
  const parent = dirname(folder)
  if (!(await isFolder(parent))) await createFolder(parent, summary)
  if (!(await createOne(folder)))
    throw new OperationalError(`${summary}: no folder can be created in ${parent}`)
}

/** Creates a folder if it does not exist. @returns false if its parent is missing, or allows no folders. */
async function createOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    if (errorCode(error) !== 'EEXIST') throw error
    if (!(await isFolder(folder))) throw new Error('a file is in its place', { cause: error })
  }
  return true
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
