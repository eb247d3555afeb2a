import { existsSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** Whether a folder exists and has 4 GiB free, which is enough for the databases of a run. */
function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 2 ** 32
}

/**
 * The folder for databases: in memory if there is room, otherwise the default one for temporary files. A database has 1,500
 * files, and creating it on a disk takes five times as long. Tests kill processes and not the machine, so the files survive.
 */
export const memoryFolder = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir()
