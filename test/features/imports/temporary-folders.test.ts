import { access, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  removeAbandonedFolders,
  withTemporaryFolder,
} from '../../../src/features/imports/temporary-folders.ts'
import { startTestApi } from '../../support/api.ts'

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/** Sets the modification time of a folder to some hours ago. */
const setAge = (folder: string, hours: number) => {
  const time = new Date(Date.now() - hours * 3_600_000)
  return utimes(folder, time, time)
}

let place: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'temporary-folders-'))
  vi.stubEnv('TMPDIR', place)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(place, { recursive: true })
})

describe('the temporary folders of imports', () => {
  it('are removed when their work has ended, even if it fails', async () => {
    const folders: string[] = []
    const work = async (folder: string) => {
      folders.push(folder)
      await writeFile(join(folder, '0'), 'a')
      throw new Error('failed')
    }
    await expect(withTemporaryFolder(work)).rejects.toThrow('failed')
    expect(await Promise.all(folders.map(exists))).toEqual([false])
  })

  it('are removed a day after a killed process has left them', async () => {
    await withTemporaryFolder(async (folder) => {
      // `mkdtemp` adds six random characters to a prefix.
      const prefix = join(place, basename(folder).slice(0, -6))
      const [old, recent, linked] = [`${prefix}000000`, `${prefix}111111`, `${prefix}222222`]
      const other = join(place, 'other')
      for (const path of [old, recent, other]) await mkdir(path)
      await writeFile(join(old, '0'), 'a')
      await symlink(other, linked)
      await Promise.all([setAge(old, 25), setAge(recent, 23), setAge(other, 25)])
      await removeAbandonedFolders()
      expect(await Promise.all([old, recent, linked, other, folder].map(exists))).toEqual([
        false,
        true,
        true,
        true,
        true,
      ])
    })
  })

  it('are removed when a service starts', async () => {
    const old = join(place, 'entente-temporary-000000')
    await mkdir(old)
    await setAge(old, 25)
    const api = await startTestApi()
    onTestFinished(() => api.close())
    await expect.poll(() => exists(old)).toBe(false)
  })
})
