import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Whether this process may mount file systems. In most containers, root may not. */
export const canMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'true']).status === 0

/**
 * Mounts an empty file system in memory until the end of the test, and returns its folder.
 * @param options options of the mount, such as `ro` or `size=4k`.
 */
export async function mountMemory(options: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'entente-mounted-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  onTestFinished(async () => {
    execFileSync('umount', [folder])
    await rm(folder, { recursive: true })
  })
  return folder
}
