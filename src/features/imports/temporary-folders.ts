import { lstat, mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCode } from '../../error-code.ts'
import { failure } from '../../operational-error.ts'
import { Problem } from '../../problems/problem.ts'

/** Temporary folders for files that are being read. A process that is killed leaves its folders. */

const prefix = 'entente-temporary-'

/** Time between two updates of the modification time of a folder in use. */
const touchIntervalMs = 600_000

/** Time after which a folder whose modification time was not updated is not in use any more. */
const maxAgeMs = 24 * 60 * 60 * 1000

/** Codes of the errors with which files cannot be written: no space, a quota, a read-only file system, no free descriptor. */
const unwritableCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'])

/** Returns the problem of temporary files that cannot be written. Its detail has no path, since clients read it. */
const unwritable = (cause: unknown): Problem =>
  new Problem('unavailable', `${failure('Temporary files (TMPDIR) cannot be written', cause).message}.`, {
    cause,
  })

/**
 * Makes a temporary folder for `work`, and removes it when `work` has ended. Returns what `work` returns.
 * @throws Problem `unavailable` if temporary files cannot be written, such as on a full disk; any other error that `work` throws.
 */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), prefix)).catch((error: unknown) => {
    throw unwritable(error)
  })
  // A folder whose time cannot be updated is still usable: without updates, it stays for a day.
  const touch = () => utimes(folder, new Date(), new Date()).catch(() => {})
  const timer = setInterval(touch, touchIntervalMs).unref()
  try {
    return await work(folder)
  } catch (error) {
    throw unwritableCodes.has(errorCode(error)) ? unwritable(error) : error
  } finally {
    clearInterval(timer)
    // A folder that cannot be removed now, such as on a read-only disk, is removed by `removeAbandonedFolders`.
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/**
 * Removes the folders that killed processes have left. Other processes, even of other machines and containers, may use folders
 * at the same place, so only the modification time of a folder tells that nobody uses it.
 * @throws Error if the directory of temporary files cannot be read.
 */
export async function removeAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const folder = join(tmpdir(), name)
    // Another process may remove the folder meanwhile.
    const stats = await lstat(folder).catch(() => undefined)
    if (!stats?.isDirectory() || Date.now() - stats.mtimeMs < maxAgeMs) continue
    // Another user could replace a folder of theirs with a link while it is removed.
    const isOwn = stats.uid === (process.getuid?.() ?? stats.uid)
    if (isOwn) await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}
