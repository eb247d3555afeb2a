import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from './namespaces.ts'

/** Prefix of the names of control groups, by which `removeGroups` also finds those of an earlier run. */
const prefix = 'entente-'

const root = '/sys/fs/cgroup'
const controllersFile = join(root, 'cgroup.controllers')

const isVersion2 =
  existsSync(controllersFile) && readFileSync(controllersFile, 'utf8').split(/\s/).includes('cpu')

/** The folder of the control groups that limit CPU time; cgroup version 1 has a folder for each controller. */
const folder = isVersion2 ? root : join(root, 'cpu')

const periodUs = 100_000

/** Whether the CPU time of processes can be limited on this machine. */
export const canLimitProcessors = isVersion2 || existsSync(join(folder, 'cpu.cfs_quota_us'))

/** Limits all processes on a host, and those that they start, to `cores` processors together, such as 0.3. */
export async function limitProcessor(host: Host, cores: number): Promise<void> {
  const group = join(folder, `${prefix}${host.name}`)
  if (isVersion2) await writeFile(join(root, 'cgroup.subtree_control'), '+cpu')
  await mkdir(group, { recursive: true })
  const quotaUs = Math.round(cores * periodUs)
  if (isVersion2) await writeFile(join(group, 'cpu.max'), `${quotaUs} ${periodUs}`)
  else {
    await writeFile(join(group, 'cpu.cfs_period_us'), String(periodUs))
    await writeFile(join(group, 'cpu.cfs_quota_us'), String(quotaUs))
  }
  for (const pid of await host.pids()) {
    // A process may have ended in the meantime.
    await writeFile(join(group, 'cgroup.procs'), String(pid)).catch(() => {})
  }
}

/** Removes a control group, which stays busy for a moment after its last process has ended. */
async function removeGroup(name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rmdir(join(folder, name))
    } catch (error) {
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
}

/** Removes the control groups, after their processes have ended. */
export async function removeGroups(): Promise<void> {
  if (!canLimitProcessors) return
  const groups = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  await Promise.all(groups.map(removeGroup))
}
