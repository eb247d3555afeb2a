import { once } from 'node:events'
import { createServer } from 'node:net'
import { setPriority } from 'node:os'
import { removeCluster } from './removal.ts'
import { clusterUnavailableReason } from './tools.ts'

/**
 * Name of an abstract Unix socket that locks the addresses of the cluster for one run. The lock ends with the process.
 */
const lockName = '\0entente-cluster'

/** Raises the priority of this process and of those that it starts: other work on the machine would delay responses. */
function raisePriority(): void {
  try {
    setPriority(-10)
  } catch {
    // A container may lack the permission. The time limits of the tests then need a machine that is not too busy.
  }
}

/**
 * Removes the cluster of this run or of a killed run, before and after the tests. Prints the reason if no cluster can run.
 * @throws when another run is in progress, and in CI also when no cluster can run.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const reason = clusterUnavailableReason()
  if (reason !== undefined) {
    if (process.env.CI) throw new Error(`the tests of the cluster cannot run: ${reason}`)
    console.log(`The tests of the cluster are skipped: ${reason}.`)
    return undefined
  }
  const lock = createServer().listen(lockName)
  await once(lock, 'listening')
  raisePriority()
  await removeCluster()
  return async () => {
    await removeCluster()
    lock.close()
  }
}
