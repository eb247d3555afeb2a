import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryFolder } from '../support/memory-folder.ts'
import { removeGroups } from './cgroups.ts'
import { removeNetwork } from './namespaces.ts'

/** The folder of logs and data. If it is in memory, other work on the disk does not delay the responses of etcd. */
export const folder = join(memoryFolder, 'entente-cluster')

/** Kills all processes of a cluster, including those of an earlier run, and removes its network, control groups and folder. */
export async function removeCluster(): Promise<void> {
  await removeNetwork()
  await removeGroups()
  await rm(folder, { recursive: true, force: true })
}
