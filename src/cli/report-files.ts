import { type BigIntStats, constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../error-code.ts'
import { failure, OperationalError } from '../operational-error.ts'

/** The files that options such as `--rejected` name, into which a command writes reports when its work is done. */

/** A file that an option names. */
export interface ReportFile {
  /** The option, such as `--rejected`. */
  option: string
  path: string
}

/** Returns what a path leads to, also through links; undefined if there is no such file. @throws other errors of the system. */
async function findStats(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Identifies a file, under all its names: also those of links. A file that does not exist yet is identified by its folder and name.
 * @returns undefined for a device or a pipe, into which several reports may go.
 * @throws an error of the system if the path cannot be followed.
 */
async function identifyFile(path: string): Promise<string | undefined> {
  const stats = await findStats(path)
  if (!stats) return join(await realpath(dirname(path)), basename(path))
  return stats.isFile() ? `${stats.dev} ${stats.ino}` : undefined
}

/** @throws OperationalError if a report can be neither replaced nor created. Does not change or create the file. */
async function requireWritable({ option, path }: ReportFile): Promise<void> {
  try {
    const stats = await findStats(path)
    if (stats?.isDirectory()) throw new Error('it is a folder')
    if (stats) await access(path, constants.W_OK)
    else await access(dirname(path), constants.W_OK | constants.X_OK)
  } catch (error) {
    throw failure(`${option} ${path} cannot be written`, error)
  }
}

/**
 * Checks, before a command works, that its reports will replace none of its inputs and no other report, and that they can be written.
 * @param inputs paths of the files that the command reads.
 * @throws OperationalError that names the option and the file.
 */
export async function checkReportFiles(
  inputs: readonly string[],
  reportFiles: readonly ReportFile[],
): Promise<void> {
  const users = new Map<string, string>()
  for (const path of reportFiles.length > 0 ? inputs : []) {
    // An input that cannot be read is refused where it is read. A mapping may be the name of a built-in one.
    const stats = await findStats(path).catch(() => undefined)
    const identity = stats && (await identifyFile(path))
    if (identity !== undefined) users.set(identity, 'the import reads this file')
  }
  for (const report of reportFiles) {
    const { option, path } = report
    await requireWritable(report)
    const identity = await identifyFile(path)
    if (identity === undefined) continue
    const user = users.get(identity)
    if (user !== undefined)
      throw new OperationalError(`${option} ${path}: ${user}. Give the name of another file`)
    users.set(identity, `${option} writes this file, too`)
  }
}
