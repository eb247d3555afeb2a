import { existsSync, statfsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeGroups } from './cgroups.ts'
import { removeNetwork } from './namespaces.ts'

/** Whether a folder exists and has 4 GiB free, which is enough for the data of the servers. */
function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 2 ** 32
}

/**
 * The folder of logs and data, in memory if there is room, so that other work on the disk does not delay the responses of
 * etcd. The tests kill processes and not the machine, so files in memory survive.
 */
export const folder = join(hasRoom('/dev/shm') ? '/dev/shm' : tmpdir(), 'entente-cluster')

/** Kills all processes of a cluster, also of an earlier run, and removes its network, control groups and folder. */
export async function removeCluster(): Promise<void> {
  await removeNetwork()
  await removeGroups()
  await rm(folder, { recursive: true, force: true })
}
