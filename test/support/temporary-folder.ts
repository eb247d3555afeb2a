import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Creates an empty folder that is removed after the test. @param name becomes a part of the name of the folder. */
export async function makeTemporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `entente-${name}-`))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
