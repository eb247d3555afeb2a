import { once } from 'node:events'
import { createServer } from 'node:net'
import { setPriority } from 'node:os'
import { removeCluster } from './remains.ts'
import { clusterMissing } from './tools.ts'

/** Lets one run at a time use the addresses of the cluster: the system frees this name when the process ends. */
const lockName = '\0entente-cluster'

/** Gives the processes that this process starts a higher priority: other work on the machine would delay responses. */
function goFirst(): void {
  try {
    setPriority(-10)
  } catch {
    // A container may lack the right; its limits of time then hold on a machine that is not too busy.
  }
}

/**
 * Removes what a run that was killed has left, before and after the tests. Where there can be no cluster, it says why.
 * @throws in CI where there can be no cluster, and when another run is not over.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const missing = clusterMissing()
  if (missing !== undefined) {
    if (process.env.CI) throw new Error(`the tests of the cluster cannot run: ${missing}`)
    console.log(`The tests of the cluster are skipped: ${missing}.`)
    return undefined
  }
  const lock = createServer().listen(lockName)
  await once(lock, 'listening')
  goFirst()
  await removeCluster()
  return async () => {
    await removeCluster()
    lock.close()
  }
}
