import { existsSync, statfsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeGroups } from './cgroups.ts'
import { removeNetwork } from './namespaces.ts'

/** Whether a folder is in memory and has room for the data of the servers. */
function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 2 ** 32
}

/**
 * Where logs and data are. In memory where there is room: processes are killed, and not the machine, so that what is
 * written outlives them, and other work on the disk does not delay the responses of etcd.
 */
export const folder = join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'entente-cluster')

/** Kills and removes all that a cluster consists of, also that of an earlier run. */
export async function removeCluster(): Promise<void> {
  await removeNetwork()
  await removeGroups()
  await rm(folder, { recursive: true, force: true })
}
